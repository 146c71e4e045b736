package dev.keyferry.flow;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.RefreshToken;
import java.util.Optional;

/// A key at the moment of its delivery, the only time at which its tokens are available.
///
/// @param refreshToken this generation's, if the key is renewable
/// @param jwe the whole encrypted answer, if the device asked for encryption; it then replaces
/// everything else
public record IssuedKey(
    Key key, AccessToken accessToken, Optional<RefreshToken> refreshToken, Optional<String> jwe) {

  static IssuedKey of(Key key, RefreshToken token, Hasher hasher) {
    return new IssuedKey(
        key,
        token.access(hasher, key.generation().version()),
        Optional.of(token).filter(_ -> key.terms().renewable()),
        Optional.empty());
  }

  /// The key of a generation that was issued before. The version before tags wrote its access token
  /// without one.
  static IssuedKey again(Key key, RefreshToken token, Hasher hasher) {
    var issued = of(key, token, hasher);
    return key.isPresent(issued.accessToken(), hasher)
        ? issued
        : new IssuedKey(
            key,
            token.accessWithoutTag(hasher, key.generation().version()),
            issued.refreshToken(),
            Optional.empty());
  }

  /// The answer as its device wants it. Call this only for a key whose row is intact, because the
  /// delivery is one of its terms.
  IssuedKey encrypted(Encrypter encrypter) {
    var encrypted = key.terms().delivery().map(delivery -> encrypter.encrypt(delivery, this));
    return new IssuedKey(key, accessToken, refreshToken, encrypted);
  }
}
