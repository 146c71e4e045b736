package dev.keyferry.flow;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// The credential: `kf_` + id + `_` + 256 secret bits (43 base62 digits) + CRC-32 of what precedes
/// (6 base62 digits). The prefix lets secret scanners find a leaked one, the checksum lets a typo
/// or garbage be refused without a read.
public final class AccessToken {
  private static final int ID_DIGITS = 16;
  private static final int SECRET_DIGITS = 43;
  private static final int CHECKSUM_DIGITS = 6;
  private static final Pattern FORM =
      Pattern.compile(
          "kf_([0-9A-Za-z]{%d})_[0-9A-Za-z]{%d}"
              .formatted(ID_DIGITS, SECRET_DIGITS + CHECKSUM_DIGITS));

  private final KeyId id;
  private final String text;

  private AccessToken(KeyId id, String text) {
    this.id = id;
    this.text = text;
  }

  public static Optional<AccessToken> parse(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    var body = text.substring(0, text.length() - CHECKSUM_DIGITS);
    return text.endsWith(checksum(body))
        ? Optional.of(new AccessToken(new KeyId(form.group(1)), text))
        : Optional.empty();
  }

  /// The token of the key that this device code can mint: always the same, so that two polls that
  /// race, or one that is repeated, can never hold different keys.
  static AccessToken derive(KeyHasher hasher, int version, DeviceCode code) {
    var id = Base62.encode(derive(hasher, version, "id", code), ID_DIGITS);
    var secret = Base62.encode(derive(hasher, version, "access", code), SECRET_DIGITS);
    var body = "kf_" + id + "_" + secret;
    return new AccessToken(new KeyId(id), body + checksum(body));
  }

  private static BigInteger derive(KeyHasher hasher, int version, String label, DeviceCode code) {
    var message =
        Frame.of(label).with(code.locator().partitionKey()).with(code.secret().reveal()).toBytes();
    return new BigInteger(1, hasher.hmac(Purpose.MINT, version, message));
  }

  private static String checksum(String body) {
    var crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    return Base62.encode(BigInteger.valueOf(crc.getValue()), CHECKSUM_DIGITS);
  }

  public KeyId id() {
    return id;
  }

  /// The token as its holder sends it.
  public String reveal() {
    return text;
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "AccessToken[" + id + "]";
  }
}
