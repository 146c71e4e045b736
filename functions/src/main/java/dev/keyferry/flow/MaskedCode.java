package dev.keyferry.flow;

import dev.keyferry.codes.Frame;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.UserCode;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// A stored user code. Its bits are combined with those of a MAC that is unique to the row, and the
/// version is that of the MAC's subkey. Written `<version>.<ten hex digits>`. docs/decisions/0012.
///
/// A pad may hide only one text. This holds, because the pad depends on the key's id and owner, and
/// the id comes from the device secret, as the user code does.
public record MaskedCode(int version, long bits) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})\\.([0-9a-f]{10})");
  private static final int HEX_DIGITS = UserCode.BITS / 4;

  public static MaskedCode of(UserCode code, Hasher hasher, KeyId id, Subject subject) {
    var version = hasher.version();
    return new MaskedCode(version, code.bits() ^ pad(hasher, version, id, subject));
  }

  public static MaskedCode parse(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("not a valid masked code");
    }
    return new MaskedCode(
        Integer.parseInt(form.group(1)), HexFormat.fromHexDigitsToLong(form.group(2)));
  }

  /// The code, under a version for which [Hasher#reaches] holds. An edited row gives some other
  /// code.
  public UserCode reveal(Hasher hasher, KeyId id, Subject subject) {
    return UserCode.ofBits(bits ^ pad(hasher, version, id, subject));
  }

  private static long pad(Hasher hasher, int version, KeyId id, Subject subject) {
    var message = Frame.of("name").with(id.qualified()).with(subject.value()).toBytes();
    return UserCode.firstBits(hasher.hmac(Purpose.NAME, version, message));
  }

  @Override
  public String toString() {
    return version + "." + HexFormat.of().toHexDigits(bits, HEX_DIGITS);
  }
}
