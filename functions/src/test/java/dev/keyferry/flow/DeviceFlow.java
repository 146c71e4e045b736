package dev.keyferry.flow;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.UserCode;
import java.util.Optional;

/// The whole device grant for tests: its three actors over the same stores.
public final class DeviceFlow {
  private final Authorize authorize;
  private final Decide decide;
  private final Poll poll;

  public DeviceFlow(
      GrantStore grants,
      KeyStore keys,
      Hasher hasher,
      Issuance issuance,
      ConfirmationPolicy.ByClient policies,
      Environment environment) {
    authorize = new Authorize(grants, hasher, environment);
    decide = new Decide(grants, hasher, policies, environment);
    poll =
        new Poll(
            grants, hasher, new Mint(grants, keys, hasher, issuance, environment), environment);
  }

  public Answer<Authorize.Codes> authorize(DeviceRequest request) {
    return authorize.authorize(request);
  }

  public Answer<Decide.Screen> claim(Subject subject, String typed) {
    return decide.claim(subject, typed);
  }

  public Answer<Decide.Screen> claim(Subject subject, UserCode userCode) {
    return decide.claim(subject, userCode);
  }

  public Answer<Decide.ApprovedGrant> approve(
      Approver approver, UserCode userCode, String approvalNonce, Grant.Consent consent) {
    return decide.approve(approver, userCode, approvalNonce, consent);
  }

  public Answer<Grant> deny(Subject subject, UserCode userCode) {
    return decide.deny(subject, userCode);
  }

  public Answer<Grant> report(Subject subject, UserCode userCode) {
    return decide.report(subject, userCode);
  }

  public Answer<IssuedKey> poll(Client client, DeviceCode code, Caller caller) {
    return poll.poll(client, code, Optional.empty(), Optional.empty(), caller);
  }

  public Answer<IssuedKey> poll(
      Client client,
      DeviceCode code,
      Optional<CodeChallenge> challenge,
      Optional<MatchingNumber> number,
      Optional<String> idempotencyKey) {
    return poll.poll(client, code, challenge, number, Samples.caller(idempotencyKey));
  }
}
