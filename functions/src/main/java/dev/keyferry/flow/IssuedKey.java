package dev.keyferry.flow;

import java.util.Optional;

/// A key in the moment it is handed over: the only time its tokens are at hand.
///
/// @param refreshToken of this generation; only a renewable key's is for the client
public record IssuedKey(Key key, AccessToken accessToken, Optional<RefreshToken> refreshToken) {
  static IssuedKey of(Key key, RefreshToken token, KeyHasher hasher) {
    return new IssuedKey(
        key,
        token.access(hasher, key.generation().version()),
        Optional.of(token).filter(_ -> key.terms().renewable()));
  }
}
