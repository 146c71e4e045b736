package dev.keyferry.codes;

import java.util.Optional;

/// A credential of a key, of either kind.
public sealed interface Token permits AccessToken, RefreshToken {
  static Optional<Token> parse(String text) {
    return AccessToken.parse(text).<Token>map(token -> token).or(() -> RefreshToken.parse(text));
  }

  KeyId id();

  byte[] bytes();

  /// Whether this server made the token for its key, in any generation. Compares in constant time.
  boolean isGenuine(Hasher hasher, int version);
}
