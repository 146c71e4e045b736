package dev.keyferry.flow;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.RefreshToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// The issued credential of one linked device, as it is stored: without its tokens.
///
/// @param seal over id and terms: an edited row has no valid one
/// @param lastUsedAt to the hour
public record Key(
    KeyId id,
    Terms terms,
    Digest seal,
    Generation generation,
    Optional<Instant> revokedAt,
    Optional<Instant> lastUsedAt) {

  /// How long a dead key stays listed before TTL may take it.
  public static final Duration AFTERLIFE = Duration.ofDays(30);

  /// How long a device can be renewed at most, and how long it may go without.
  public static final Duration LONGEST_FAMILY = Duration.ofDays(90);

  public static final Duration LONGEST_IDLE = Duration.ofDays(30);

  /// How long the access token before the present one still works: requests are under way.
  public static final Duration ACCESS_GRACE = Duration.ofMinutes(1);

  /// What was agreed to, for as long as the device is linked.
  ///
  /// @param lifetime of each access token
  /// @param profile the subject's, when it agreed
  /// @param origin where the device asked for it
  /// @param approvedAt when its owner agreed; a sign-out after that ends the key
  /// @param linkedUntil when it can be renewed no more
  /// @param delivery if present, how every token answer is encrypted
  public record Terms(
      String clientId,
      Subject subject,
      Profile profile,
      Scope scope,
      Duration lifetime,
      DeviceName name,
      Origin origin,
      Instant approvedAt,
      Instant createdAt,
      Instant linkedUntil,
      Optional<Delivery> delivery) {

    /// Whether a refresh token belongs to it, OpenID Connect Core §11.
    public boolean renewable() {
      return scope.tokens().contains(Scope.OFFLINE_ACCESS);
    }
  }

  /// The tokens that are good now, and those that were before.
  ///
  /// @param number 0 for the tokens that the key was minted with; so many are older than these
  /// @param seal over number and tokens and when they were issued
  /// @param attempt the refresh that made it, so that it recognises its own work
  /// @param idempotencyKey hash of the `Idempotency-Key` that the refresh carried
  public record Generation(
      long number,
      Digest access,
      Digest refresh,
      Instant issuedAt,
      Optional<Previous> previous,
      Digest seal,
      String attempt,
      Optional<Digest> idempotencyKey) {

    /// The version of the subkeys that the family began under: its hashes' and its chain's.
    int version() {
      return refresh.version();
    }
  }

  /// The generation before, as it was.
  ///
  /// @param seal the one that it had
  public record Previous(Digest access, Digest refresh, Instant issuedAt, Digest seal) {}

  /// The key that an approved grant stands for: what was agreed to, as far as the client may still
  /// have it.
  static Key mint(
      Hasher hasher,
      RefreshToken first,
      Grant grant,
      Grant.State.Approved approved,
      Client client,
      DeviceName name,
      Grant.Redemption redemption) {
    var request = grant.request();
    var consent = approved.approval().consent();
    var access = first.access(hasher, hasher.version());
    var terms =
        new Terms(
            client.id(),
            approved.claim().subject(),
            approved.approval().profile(),
            consent.scope().orElse(request.scope()).intersect(client.scopes()),
            client.capped(shorter(consent.lifetime(), request.lifetime())),
            name,
            request.origin(),
            approved.approval().since(),
            redemption.at(),
            redemption.at().plus(longestLink(consent)),
            request.delivery());
    return new Key(
        first.id(),
        terms,
        hasher.digest(Purpose.SEAL, Seals.message(first.id(), terms)),
        Seals.sealed(
            hasher,
            first.id(),
            new Generation(
                0,
                hasher.digest(Purpose.KEY, access.bytes()),
                hasher.digest(Purpose.KEY, first.bytes()),
                redemption.at(),
                Optional.empty(),
                Digest.NONE,
                redemption.attempt(),
                Optional.empty())),
        Optional.empty(),
        Optional.empty());
  }

  /// With these tokens in the place of the present ones.
  Key renewed(Generation next) {
    return new Key(id, terms, seal, next, revokedAt, lastUsedAt);
  }

  /// Who shortens the life of a key ends the link with it, and not its first access token only.
  private static Duration longestLink(Grant.Consent consent) {
    return shorter(consent.lifetime(), LONGEST_FAMILY);
  }

  private static Duration shorter(Optional<Duration> wanted, Duration longest) {
    return wanted.filter(some -> some.compareTo(longest) < 0).orElse(longest);
  }

  /// Whether the row says what was minted and renewed, and nothing else.
  boolean isIntact(Hasher hasher) {
    return hasher.matches(Purpose.SEAL, seal, Seals.message(id, terms))
        && Seals.intact(hasher, id, generation);
  }

  /// Until when this access token opens the door, if it does now: the present one until it expires,
  /// the one before for a moment longer, but not beyond its own end.
  Optional<Instant> acceptedUntil(AccessToken token, Hasher hasher, Instant now) {
    if (!isIntact(hasher) || revokedAt.isPresent()) {
      return Optional.empty();
    }
    var until = isPresent(token, hasher) ? Optional.of(expiresAt()) : endOfGrace(token, hasher);
    return until.filter(now::isBefore);
  }

  boolean accepts(AccessToken token, Hasher hasher, Instant now) {
    return acceptedUntil(token, hasher, now).isPresent();
  }

  /// Whether this is one of the key's tokens, of the present generation or the one before.
  boolean knows(byte[] token, Hasher hasher) {
    return tokenHashes().anyMatch(hash -> hasher.matches(Purpose.KEY, hash, token));
  }

  /// Of the tokens of the present generation and the one before.
  Stream<Digest> tokenHashes() {
    return Stream.concat(
        Stream.of(generation.access(), generation.refresh()),
        generation.previous().stream()
            .flatMap(previous -> Stream.of(previous.access(), previous.refresh())));
  }

  private boolean isPresent(AccessToken token, Hasher hasher) {
    return hasher.matches(Purpose.KEY, generation.access(), token.bytes());
  }

  private Optional<Instant> endOfGrace(AccessToken token, Hasher hasher) {
    var grace = generation.issuedAt().plus(ACCESS_GRACE);
    return generation
        .previous()
        .filter(previous -> hasher.matches(Purpose.KEY, previous.access(), token.bytes()))
        .map(previous -> end(previous.issuedAt()))
        .map(end -> end.isBefore(grace) ? end : grace);
  }

  /// When the present access token expires. At `now == expiresAt` it has.
  public Instant expiresAt() {
    return end(generation.issuedAt());
  }

  private Instant end(Instant issuedAt) {
    var end = issuedAt.plus(terms.lifetime());
    return terms.renewable() && end.isAfter(terms.linkedUntil()) ? terms.linkedUntil() : end;
  }

  /// When it is over with the device for good, unless it is renewed before.
  public Instant end() {
    var idleEnd = generation.issuedAt().plus(LONGEST_IDLE);
    var renewableUntil = idleEnd.isBefore(terms.linkedUntil()) ? idleEnd : terms.linkedUntil();
    return terms.renewable() && renewableUntil.isAfter(expiresAt()) ? renewableUntil : expiresAt();
  }

  /// Whether a refresh comes in time.
  public boolean isRenewable(Instant now) {
    return terms.renewable()
        && now.isBefore(terms.linkedUntil())
        && now.isBefore(generation.issuedAt().plus(LONGEST_IDLE));
  }

  /// Whether it was alive until then.
  boolean wasRevokedAt(Instant time) {
    return revokedAt.equals(Optional.of(time));
  }

  public Instant purgeAt() {
    var end = terms.renewable() ? terms.linkedUntil() : terms.createdAt().plus(terms.lifetime());
    return end.plus(AFTERLIFE);
  }
}
