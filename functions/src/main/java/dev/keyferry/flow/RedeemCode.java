package dev.keyferry.flow;

import static dev.keyferry.codes.Purpose.AUTHORIZATION_CODE;

import dev.keyferry.codes.AuthorizationCode;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Hasher;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import java.util.Optional;

/// The client redeems its authorization code for its key, RFC 6749 §4.1.3, with a proof key
/// (RFC 7636).
public final class RedeemCode {
  private final GrantStore grants;
  private final Hasher hasher;
  private final Mint mint;
  private final Environment environment;

  public RedeemCode(GrantStore grants, Hasher hasher, Mint mint, Environment environment) {
    this.grants = grants;
    this.hasher = hasher;
    this.mint = mint;
    this.environment = environment;
  }

  /// Redeems the code, RFC 6749 §4.1.3. A code, verifier, client or redirect URI that does not fit
  /// spends nothing.
  ///
  /// @param challenge the challenge that the code verifier answers, RFC 7636 §4.5
  public Answer<IssuedKey> redeem(
      Client client,
      AuthorizationCode code,
      String redirectUri,
      CodeChallenge challenge,
      Caller caller) {
    var request =
        new TokenRequest(
            client,
            code,
            Optional.of(challenge),
            caller,
            environment.newAttempt(),
            environment.now());
    var answer =
        grants
            .find(code.locator())
            .filter(grant -> proves(request, code.message(redirectUri), grant))
            .map(grant -> judge(request, grant))
            .orElse(new Declined<>(OAuthError.INVALID_GRANT));
    return switch (answer) {
      case Given<IssuedKey> given -> given;
      // The answer does not say why: RFC 6749 §5.2 has one error for every reason.
      case Declined<IssuedKey> _ -> new Declined<>(OAuthError.INVALID_CODE);
    };
  }

  private boolean proves(TokenRequest request, byte[] message, Grant grant) {
    return hasher.matches(AUTHORIZATION_CODE, grant.deviceSecret(), message)
        && request.proof(grant.deviceSecret()).fits(grant);
  }

  private Answer<IssuedKey> judge(TokenRequest request, Grant grant) {
    return switch (grant.state()) {
      case Consumed consumed -> mint.redeliver(request, grant, consumed);
      case Approved approved
          when !grant.isExpired(request.now()) && Seals.intact(hasher, grant, approved) ->
          mint.mint(request, grant, approved);
      case Approved _, Denied _, Pending _, Claimed _ -> new Declined<>(OAuthError.INVALID_GRANT);
    };
  }
}
