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
/// @param seal covers id and terms, so an edited row has no valid seal
/// @param lastUsedAt to the hour
public record Key(
    KeyId id,
    Terms terms,
    Digest seal,
    Generation generation,
    Optional<Instant> revokedAt,
    Optional<Instant> lastUsedAt) {

  /// How long a key that has ended stays stored before TTL may delete it.
  public static final Duration RETENTION = Duration.ofDays(30);

  /// The longest that a device can be renewed, and the longest that it may go without a renewal.
  public static final Duration LONGEST_FAMILY = Duration.ofDays(90);

  public static final Duration LONGEST_IDLE = Duration.ofDays(30);

  /// How long the previous access token still works after a refresh, for requests that are under
  /// way.
  public static final Duration ACCESS_GRACE = Duration.ofMinutes(1);

  /// The terms of the key, for as long as the device is linked.
  ///
  /// @param lifetime of each access token
  /// @param profile the subject's, at the time of the approval
  /// @param origin where the device's request came from
  /// @param approvedAt when its owner agreed; a later sign-out ends the key
  /// @param linkedUntil when renewals end
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

    /// Whether the key has a refresh token, OpenID Connect Core §11.
    public boolean renewable() {
      return scope.tokens().contains(Scope.OFFLINE_ACCESS);
    }
  }

  /// The present tokens, and the previous ones.
  ///
  /// @param number 0 for the tokens that the key was minted with, and one more for each refresh
  /// @param seal covers the number, the tokens and their time of issue
  /// @param attempt the request that made this generation, so that it recognizes its own work
  public record Generation(
      long number,
      Digest access,
      Digest refresh,
      Instant issuedAt,
      Optional<Previous> previous,
      Digest seal,
      String attempt,
      Issue issue) {

    /// The version of the subkeys that the family began under, for its hashes and its chain.
    int version() {
      return refresh.version();
    }
  }

  /// How a generation was issued, and whether it arrived.
  ///
  /// @param branch 0 for the first generation that the previous one was exchanged for, and one more
  /// for each that replaced it because its answer may have been lost
  /// @param origin where the request came from; empty in rows of the version before issues
  /// @param idempotencyKey hash of the request's `Idempotency-Key`
  /// @param confirmed whether the generation's own access token was accepted
  /// @param seal covers all of this, the generation and the end of the previous one; `NONE` in rows
  /// of the version before issues
  public record Issue(
      long branch,
      Optional<Origin> origin,
      Optional<Digest> idempotencyKey,
      boolean confirmed,
      Digest seal) {

    /// The issue of a generation whose row says no more.
    public static Issue unknown(Optional<Digest> idempotencyKey) {
      return new Issue(0, Optional.empty(), idempotencyKey, false, Digest.NONE);
    }

    static Issue of(long branch, Caller caller, Optional<Digest> idempotencyKey) {
      return new Issue(branch, Optional.of(caller.origin()), idempotencyKey, false, Digest.NONE);
    }

    /// Whether this address may be in the network that the generation was issued to.
    boolean mayShareNetworkWith(Origin other) {
      return origin.map(other::mayShareNetworkWith).orElse(true);
    }
  }

  /// The previous generation.
  ///
  /// @param seal the seal that it had
  /// @param replacedAt when it was first exchanged for another
  public record Previous(
      Digest access, Digest refresh, Instant issuedAt, Digest seal, Instant replacedAt) {}

  /// The key for an approved grant: what was agreed to, as far as the client may still have it.
  static Key mint(
      Hasher hasher,
      RefreshToken first,
      Grant grant,
      Grant.State.Approved approved,
      TokenRequest by,
      DeviceName name,
      Grant.Redemption redemption) {
    var request = grant.request();
    var consent = approved.approval().consent();
    var access = first.access(hasher, hasher.version());
    var terms =
        new Terms(
            by.client().id(),
            approved.claim().subject(),
            approved.approval().profile(),
            consent.scope().orElse(request.scope()).intersect(by.client().scopes()),
            by.client().capped(shorter(consent.lifetime(), request.lifetime())),
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
                Issue.of(0, by.caller(), redemption.idempotencyKey()))),
        Optional.empty(),
        Optional.empty());
  }

  /// A copy with these tokens in place of the present ones.
  Key renewed(Generation next) {
    return new Key(id, terms, seal, next, revokedAt, lastUsedAt);
  }

  /// The lifetime of the whole link. A user who shortens the key's lifetime shortens the link, not
  /// only the first access token.
  private static Duration longestLink(Grant.Consent consent) {
    return shorter(consent.lifetime(), LONGEST_FAMILY);
  }

  private static Duration shorter(Optional<Duration> wanted, Duration longest) {
    return wanted.filter(some -> some.compareTo(longest) < 0).orElse(longest);
  }

  /// Whether the row says exactly what the server minted and renewed.
  boolean isIntact(Hasher hasher) {
    return hasher.matches(Purpose.SEAL, seal, Seals.message(id, terms))
        && Seals.intact(hasher, id, generation);
  }

  /// Until when this access token is accepted. Empty if it is not accepted now. The present token
  /// is accepted until it expires. The previous one is accepted for a short time after the refresh,
  /// but not beyond its own end.
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

  /// Whether this is one of the key's tokens, of the present or the previous generation.
  boolean hasToken(byte[] token, Hasher hasher) {
    return tokenHashes().anyMatch(hash -> hasher.matches(Purpose.KEY, hash, token));
  }

  /// The hashes of the tokens of the present and the previous generation.
  public Stream<Digest> tokenHashes() {
    return Stream.concat(
        Stream.of(generation.access(), generation.refresh()),
        generation.previous().stream()
            .flatMap(previous -> Stream.of(previous.access(), previous.refresh())));
  }

  /// Whether this is the access token of the present generation.
  boolean isPresent(AccessToken token, Hasher hasher) {
    return hasher.matches(Purpose.KEY, generation.access(), token.bytes());
  }

  private Optional<Instant> endOfGrace(AccessToken token, Hasher hasher) {
    return generation
        .previous()
        .filter(previous -> hasher.matches(Purpose.KEY, previous.access(), token.bytes()))
        .map(previous -> {
          var end = end(previous.issuedAt());
          var grace = previous.replacedAt().plus(ACCESS_GRACE);
          return end.isBefore(grace) ? end : grace;
        });
  }

  /// When the present access token expires. At `now == expiresAt` it has expired.
  public Instant expiresAt() {
    return end(generation.issuedAt());
  }

  private Instant end(Instant issuedAt) {
    var end = issuedAt.plus(terms.lifetime());
    return terms.renewable() && end.isAfter(terms.linkedUntil()) ? terms.linkedUntil() : end;
  }

  /// When the key ends for good, unless it is renewed before.
  public Instant end() {
    var idleEnd = generation.issuedAt().plus(LONGEST_IDLE);
    var renewableUntil = idleEnd.isBefore(terms.linkedUntil()) ? idleEnd : terms.linkedUntil();
    return terms.renewable() && renewableUntil.isAfter(expiresAt()) ? renewableUntil : expiresAt();
  }

  /// Whether the key can still be refreshed.
  public boolean isRenewable(Instant now) {
    return isRenewable(generation.issuedAt(), now);
  }

  /// Whether a generation that was issued at this time can be exchanged for another.
  boolean isRenewable(Instant issuedAt, Instant now) {
    return terms.renewable()
        && now.isBefore(terms.linkedUntil())
        && now.isBefore(issuedAt.plus(LONGEST_IDLE));
  }

  /// Whether the request that minted the key may still be repeated. An accepted token ends that.
  boolean isRepeatable(Instant now) {
    return generation.number() == 0
        && generation.issue().idempotencyKey().isPresent()
        && now.isBefore(generation.issuedAt().plus(Mint.REDELIVERY));
  }

  /// Whether the key was revoked at this time, and not before.
  boolean wasRevokedAt(Instant time) {
    return revokedAt.equals(Optional.of(time));
  }

  public Instant purgeAt() {
    var end = terms.renewable() ? terms.linkedUntil() : terms.createdAt().plus(terms.lifetime());
    return end.plus(RETENTION);
  }
}
