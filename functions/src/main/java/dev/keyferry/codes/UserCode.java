package dev.keyferry.codes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The code that a person types, RFC 8628 §6.1: eight characters of an alphabet without
/// look-alikes (no I, O, 0, 1), 40 bits, shown as `XXXX-XXXX`.
public record UserCode(String characters) {
  private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int LENGTH = 8;
  private static final int BITS_EACH = 5;
  public static final int BITS = LENGTH * BITS_EACH;
  private static final Pattern FORM = Pattern.compile("[" + ALPHABET + "]{" + LENGTH + "}");
  private static final Pattern SEPARATORS = Pattern.compile("[\\p{Pd}\\p{Z}\\s]+");

  public UserCode {
    if (!FORM.matcher(characters).matches()) {
      throw new IllegalArgumentException("not a valid user code");
    }
  }

  /// The user code of a device secret. It is derived, not drawn, so that a poll that shows the
  /// secret knows the code too, and no row has to store it. docs/decisions/0012.
  public static UserCode of(Secret deviceSecret, Hasher hasher, int version) {
    var message = Frame.of("code").with(deviceSecret.reveal()).toBytes();
    return ofBits(firstBits(hasher.hmac(Purpose.USER_CODE, version, message)));
  }

  /// The locator of the grant of this code.
  public Locator locator(Hasher hasher, int version) {
    return Locator.of(hasher.hmac(Purpose.USER_CODE, version, bytes()));
  }

  /// The first bits of a MAC, as many as a code has.
  public static long firstBits(byte[] mac) {
    return ByteBuffer.wrap(mac).getLong() >>> (Long.SIZE - BITS);
  }

  public static UserCode ofBits(long bits) {
    var characters = new StringBuilder(LENGTH);
    for (int shift = BITS - BITS_EACH; shift >= 0; shift -= BITS_EACH) {
      characters.append(ALPHABET.charAt((int) (bits >>> shift) & (ALPHABET.length() - 1)));
    }
    return new UserCode(characters.toString());
  }

  /// The bits of the code: five for each character, the first character first.
  public long bits() {
    return characters
        .chars()
        .mapToLong(ALPHABET::indexOf)
        .reduce(0, (bits, character) -> bits << BITS_EACH | character);
  }

  /// Reads what a person typed: any case, with or without spaces and dashes.
  public static Optional<UserCode> parse(String typed) {
    var normalised = SEPARATORS.matcher(typed).replaceAll("").toUpperCase(Locale.ROOT);
    return FORM.matcher(normalised).matches()
        ? Optional.of(new UserCode(normalised))
        : Optional.empty();
  }

  public String display() {
    return characters.substring(0, LENGTH / 2) + "-" + characters.substring(LENGTH / 2);
  }

  public byte[] bytes() {
    return characters.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "UserCode[hidden]";
  }
}
