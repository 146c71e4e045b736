package dev.keyferry.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The issued credential of one linked device, as it is stored: without the token.
///
/// @param hash of the access token
/// @param seal over what the key may do and for whom: an edited row has no valid one
/// @param name what its owner calls the device
/// @param origin where the device asked for it
/// @param lastUsedAt to the hour
public record Key(
    KeyId id,
    Digest hash,
    Digest seal,
    String clientId,
    Subject subject,
    Scope scope,
    Optional<String> name,
    Origin origin,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> revokedAt,
    Optional<Instant> lastUsedAt) {

  /// How long a dead key stays listed before TTL may take it.
  public static final Duration AFTERLIFE = Duration.ofDays(30);

  /// The key that an approved grant stands for: what was agreed to, as far as the client may still
  /// have it.
  static Key mint(
      KeyHasher hasher,
      AccessToken token,
      Grant grant,
      Grant.State.Approved approved,
      Client client,
      Instant now) {
    var request = grant.request();
    var consent = approved.approval().consent();
    var lifetime = client.capped(consent.lifetime().orElse(request.lifetime()));
    var unsealed =
        new Key(
            token.id(),
            hasher.digest(Purpose.KEY, token.bytes()),
            new Digest(0, ""),
            client.id(),
            approved.claim().subject(),
            consent.scope().orElse(request.scope()).intersect(client.scopes()),
            consent.name().or(request::deviceName),
            request.origin(),
            now,
            now.plus(lifetime),
            Optional.empty(),
            Optional.empty());
    return unsealed.sealed(hasher.digest(Purpose.SEAL, unsealed.sealedFacts()));
  }

  private Key sealed(Digest with) {
    return new Key(
        id,
        hash,
        with,
        clientId,
        subject,
        scope,
        name,
        origin,
        createdAt,
        expiresAt,
        revokedAt,
        lastUsedAt);
  }

  private byte[] sealedFacts() {
    return Frame.of("key")
        .with(id)
        .with(hash)
        .with(clientId)
        .with(subject.value())
        .with(scope)
        .with(createdAt.toEpochMilli())
        .with(expiresAt.toEpochMilli())
        .toBytes();
  }

  /// Whether this row is that of the token, and says what was minted.
  boolean isOf(AccessToken token, KeyHasher hasher) {
    return hasher.matches(Purpose.KEY, hash, token.bytes())
        && hasher.matches(Purpose.SEAL, seal, sealedFacts());
  }

  /// At `now == expiresAt` the key is expired.
  public boolean isAlive(Instant now) {
    return revokedAt.isEmpty() && now.isBefore(expiresAt);
  }

  public Instant purgeAt() {
    return expiresAt.plus(AFTERLIFE);
  }
}
