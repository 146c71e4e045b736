package dev.keyferry.codes;

import java.util.Optional;
import java.util.regex.Pattern;

/// The public name of a key: 16 base62 characters. Not a secret.
public record KeyId(String value) {
  private static final Pattern FORM = Pattern.compile("[0-9A-Za-z]{16}");

  public static Optional<KeyId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new KeyId(text)) : Optional.empty();
  }

  /// The key's name among all rows, in hashes and in the store.
  public String qualified() {
    return "KEY#" + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
