package dev.keyferry.flow;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.RefreshToken;
import java.util.Optional;

/// A key in the moment it is handed over: the only time its tokens are at hand.
///
/// @param refreshToken of this generation; only a renewable key's is for the client
/// @param jwe the whole answer, encrypted, if the device asked for that: then nothing else is told
public record IssuedKey(
    Key key, AccessToken accessToken, Optional<RefreshToken> refreshToken, Optional<String> jwe) {

  static IssuedKey of(Key key, RefreshToken token, Hasher hasher) {
    return new IssuedKey(
        key,
        token.access(hasher, key.generation().version()),
        Optional.of(token).filter(_ -> key.terms().renewable()),
        Optional.empty());
  }

  /// As its device wants it. Only of a key whose row is intact: the delivery is one of its terms.
  IssuedKey encrypted(Encrypter encrypter) {
    var encrypted = key.terms().delivery().map(delivery -> encrypter.encrypt(delivery, this));
    return new IssuedKey(key, accessToken, refreshToken, encrypted);
  }
}
