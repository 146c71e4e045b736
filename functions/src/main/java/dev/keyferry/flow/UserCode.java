package dev.keyferry.flow;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The code a person types, RFC 8628 §6.1: eight characters of an alphabet without look-alikes (no
/// I, O, 0, 1), 40 bits, shown as `XXXX-XXXX`.
public record UserCode(String characters) {
  private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int LENGTH = 8;
  private static final Pattern FORM = Pattern.compile("[" + ALPHABET + "]{" + LENGTH + "}");
  private static final Pattern SEPARATORS = Pattern.compile("[\\p{Pd}\\p{Z}\\s]+");

  public UserCode {
    if (!FORM.matcher(characters).matches()) {
      throw new IllegalArgumentException("not a user code");
    }
  }

  public static UserCode draw(RandomGenerator random) {
    var drawn = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      drawn.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new UserCode(drawn.toString());
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

  byte[] bytes() {
    return characters.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "UserCode[hidden]";
  }
}
