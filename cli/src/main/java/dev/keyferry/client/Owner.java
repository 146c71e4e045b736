package dev.keyferry.client;

import java.util.Optional;

/// Whose tokens they are, as far as the server told; cleaned text.
public record Owner(
    Optional<String> subject,
    Optional<String> name,
    Optional<String> email,
    Optional<String> organisation) {
  public static final Owner UNKNOWN =
      new Owner(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// What to greet with: the name, else the e-mail address, else the subject.
  public Optional<String> shown() {
    return name.or(() -> email).or(() -> subject);
  }
}
