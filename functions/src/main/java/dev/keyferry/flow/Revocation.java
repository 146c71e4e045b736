package dev.keyferry.flow;

import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Write.Refused;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/// A client gives a key back by one of its tokens, RFC 7009.
public final class Revocation {
  private final KeyStore keys;
  private final KeyHasher hasher;
  private final InstantSource clock;

  public Revocation(KeyStore keys, KeyHasher hasher, InstantSource clock) {
    this.keys = keys;
    this.hasher = hasher;
    this.clock = clock;
  }

  /// Revokes the key that a token belongs to. That there is none, or none of this client's, is not
  /// told, RFC 7009 §2.2.
  public void revoke(Client client, String token) {
    AccessToken.parse(token).ifPresent(access -> revoke(client, access.id(), access.bytes()));
    RefreshToken.parse(token).ifPresent(refresh -> revoke(client, refresh.id(), refresh.bytes()));
  }

  private void revoke(Client client, KeyId id, byte[] token) {
    var holder = new Revoker.Holder(client.id(), hasher.digest(Purpose.KEY, token));
    if (keys.revoke(id, holder, now()) instanceof Refused<Key>(var found)) {
      // Hashed under a neighbouring version, if it is its own at all.
      found
          .filter(key -> key.terms().clientId().equals(client.id()))
          .filter(key -> key.knows(token, hasher))
          .ifPresent(key -> keys.revoke(id, new Revoker.Server(), now()));
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
