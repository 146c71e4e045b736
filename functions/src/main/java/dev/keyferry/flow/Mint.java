package dev.keyferry.flow;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import java.time.Duration;

/// Turns an approved grant into a key, exactly once, and delivers the key at least once. The device
/// flow and the code flow both end here, with a request whose proof fits.
public final class Mint {
  /// How long the request that redeemed a code may be repeated with its `Idempotency-Key`.
  static final Duration REDELIVERY = Duration.ofSeconds(60);

  private final GrantStore grants;
  private final KeyStore keys;
  private final Hasher hasher;
  private final Issuance issuance;
  private final Environment environment;

  public Mint(
      GrantStore grants, KeyStore keys, Hasher hasher, Issuance issuance, Environment environment) {
    this.grants = grants;
    this.keys = keys;
    this.hasher = hasher;
    this.issuance = issuance;
    this.environment = environment;
  }

  Answer<IssuedKey> mint(TokenRequest request, Grant grant, Approved approved) {
    var redemption = new Redemption(request.now(), request.attempt(), request.name(hasher));
    var id = RefreshToken.id(hasher, grant.version(), request.code());
    // Not the grant's version, which may be older: a family keeps one version for as long as it
    // lasts.
    var token = RefreshToken.first(issuance.prefix(), hasher, hasher.version(), id, request.code());
    var name = DeviceName.of(hasher, request, grant, approved, id);
    var key = Key.mint(hasher, token, grant, approved, request, name, redemption);
    if (!key.terms().scope().grantsAccess()) {
      return deny(request, grant, approved, OAuthError.SCOPE_GONE);
    }
    var issued = IssuedKey.of(key, token, hasher).encrypted(issuance.encrypter());
    // Every step that needs a subkey or encryption has succeeded. The next write is all or nothing.
    var proof = request.proof(grant.deviceSecret());
    return switch (grants.redeem(grant.locator(), proof, redemption, key)) {
      case GrantStore.Redeemed.Stored _ -> minted(issued, grant);
      case GrantStore.Redeemed.Barred _ -> deny(request, grant, approved, OAuthError.USER_GONE);
      case GrantStore.Redeemed.NotApproved(var found) -> tooLate(request, found.orElse(grant));
    };
  }

  private Answer<IssuedKey> minted(IssuedKey issued, Grant grant) {
    environment.record(Event.of(Kind.MINTED, issued.key()).about(grant.locator()));
    return new Given<>(issued);
  }

  /// Denies the grant, so that this login is over even if its user is enabled again, or its client
  /// gets its scopes back, and the next polls are told at once. The write is refused if something
  /// else was quicker.
  private Answer<IssuedKey> deny(
      TokenRequest request, Grant grant, Approved approved, OAuthError reason) {
    return switch (grants.denyBarred(grant.locator(), approved.claim())) {
      case Write.Applied<Grant> _ -> {
        environment.record(Event.of(Kind.MINT_REFUSED, grant));
        yield new Declined<>(reason);
      }
      case Write.Refused<Grant>(var found) -> tooLate(request, found.orElse(grant));
    };
  }

  /// The answer if something else was decided since this request found the grant approved.
  Answer<IssuedKey> tooLate(TokenRequest request, Grant grant) {
    return switch (grant.state()) {
      case Consumed consumed -> redeliver(request, grant, consumed);
      case Denied _ -> new Declined<>(OAuthError.ACCESS_DENIED);
      case Pending _, Claimed _, Approved _ -> new Declined<>(OAuthError.INVALID_GRANT);
    };
  }

  /// Answers for a code that is spent. Only the request that spent it may get its answer again, and
  /// only for a short time.
  Answer<IssuedKey> redeliver(TokenRequest request, Grant grant, Consumed consumed) {
    var redemption = consumed.redemption();
    var same =
        request.now().isBefore(redemption.at().plus(REDELIVERY))
            && redemption
                .idempotencyKey()
                .filter(name -> request.isNamed(hasher, name))
                .isPresent();
    return same ? redeliver(request, grant) : declineReplay(grant);
  }

  private Answer<IssuedKey> declineReplay(Grant grant) {
    environment.record(Event.of(Kind.REPLAY_REFUSED, grant));
    return new Declined<>(OAuthError.INVALID_GRANT);
  }

  private Answer<IssuedKey> redeliver(TokenRequest request, Grant grant) {
    return keys.findWithStanding(RefreshToken.id(hasher, grant.version(), request.code()))
        .filter(found -> found.standing().admits(found.key().terms().approvedAt()))
        .map(found -> first(request, found.key()))
        .filter(issued -> issued.key().accepts(issued.accessToken(), hasher, request.now()))
        .filter(issued -> issued.key().generation().number() == 0)
        .filter(issued -> issued.key().lastUsedAt().isEmpty())
        .map(issued -> issued.encrypted(issuance.encrypter()))
        .<Answer<IssuedKey>>map(issued -> {
          environment.record(Event.ofRepeat(issued.key(), request.caller()).about(grant.locator()));
          return new Given<>(issued);
        })
        .orElseGet(() -> declineReplay(grant));
  }

  private IssuedKey first(TokenRequest request, Key key) {
    var version = key.generation().version();
    var token = RefreshToken.first(issuance.prefix(), hasher, version, key.id(), request.code());
    return IssuedKey.again(key, token, hasher);
  }
}
