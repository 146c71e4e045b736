package dev.keyferry.flow;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.Token;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;

/// A client revokes a key by one of its tokens, RFC 7009.
public final class Revoke {
  private final KeyStore keys;
  private final Hasher hasher;
  private final Environment environment;

  public Revoke(KeyStore keys, Hasher hasher, Environment environment) {
    this.keys = keys;
    this.hasher = hasher;
    this.environment = environment;
  }

  /// Revokes the key that a token belongs to. The answer does not say whether the key exists and is
  /// this client's, RFC 7009 §2.2.
  public void revoke(Client client, String token) {
    Token.parse(token).ifPresent(held -> revoke(client, held));
  }

  private void revoke(Client client, Token token) {
    var holder = new Revoker.Holder(client.id(), hasher.digest(Purpose.KEY, token.bytes()));
    var now = environment.now();
    var write =
        switch (keys.revoke(token.id(), holder, now)) {
          // The token is the client's, but older, or hashed under a neighboring version.
          case Refused(var found) when found.filter(key -> isOf(key, client, token)).isPresent() ->
              keys.revoke(token.id(), new Revoker.Server(), now);
          case Write<Key> decided -> decided;
        };
    if (write instanceof Applied(var key) && key.wasRevokedAt(now)) {
      environment.record(Event.of(Kind.REVOKED, key).with("by", "client"));
    }
  }

  private boolean isOf(Key key, Client client, Token token) {
    return key.terms().clientId().equals(client.id())
        && (key.hasToken(token.bytes(), hasher)
            || (hasher.reaches(key.generation().version())
                && token.isGenuine(hasher, key.generation().version())));
  }
}
