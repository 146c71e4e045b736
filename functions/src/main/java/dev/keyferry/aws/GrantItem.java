package dev.keyferry.aws;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Scope;
import dev.keyferry.flow.Subject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The item of a grant. `purge_at`, in seconds, is the table's TTL attribute. Other times are in
/// milliseconds.
final class GrantItem {
  static final String PENDING = "pending";
  static final String APPROVED = "approved";
  static final String DENIED = "denied";
  static final String CONSUMED = "consumed";

  private static final String PREFIX = "GRANT#";

  private GrantItem() {}

  static Map<String, AttributeValue> key(Locator locator) {
    return Map.of("pk", AttributeValue.fromS(locator.qualified()));
  }

  /// The item of a new grant, either pending or approved. Updates lead to the other states.
  static Map<String, AttributeValue> ofNew(Grant grant) {
    var request = grant.request();
    return withState(grant.state())
        .put("pk", grant.locator().qualified())
        .put("client_id", request.clientId())
        .put("requested_scope", request.scope())
        .putText("device_name", request.deviceName())
        .put("requested_lifetime", request.lifetime().toSeconds())
        .putText("code_challenge", request.challenge().map(CodeChallenge::value))
        .putDelivery(request.delivery())
        .putFlag("confirmation_supported", request.confirmationSupported())
        .put("requested_from", request.origin().toString())
        .put("requested_at", request.at())
        .put("device_secret", grant.deviceSecret().toString())
        .put("request_seal", grant.seal().toString())
        .put("expires_at", grant.expiresAt())
        .put("purge_at", grant.purgeAt().getEpochSecond())
        .put("poll_interval", grant.pace().interval().toMillis())
        .put("next_poll_at", grant.pace().nextPollAt())
        .toMap();
  }

  private static Attributes withState(State state) {
    return switch (state) {
      case State.Pending _ -> Attributes.none().put("grant_state", PENDING);
      case State.Approved(var claim, var approval, var _) ->
          of(approval)
              .put("grant_state", APPROVED)
              .put("claimed_by", claim.subject().value())
              .put("claim_nonce", claim.nonce().toString());
      case State.Claimed _, State.Denied _, State.Consumed _ ->
          throw new IllegalArgumentException("a new grant is either pending or approved");
    };
  }

  static Grant read(Map<String, AttributeValue> attributes) {
    return Attributes.read(attributes, GrantItem::read);
  }

  private static Grant read(Attributes item) {
    return new Grant(
        new Locator(item.text("pk").substring(PREFIX.length())),
        new DeviceRequest(
            item.text("client_id"),
            item.scope("requested_scope"),
            item.optionalText("device_name"),
            Duration.ofSeconds(item.number("requested_lifetime")),
            item.optionalText("code_challenge").map(CodeChallenge::new),
            item.delivery(),
            item.flag("confirmation_supported"),
            Origin.parse(item.text("requested_from")),
            item.instant("requested_at")),
        Digest.parse(item.text("device_secret")),
        Digest.parse(item.text("request_seal")),
        item.instant("expires_at"),
        new Pace(
            Duration.ofMillis(item.number("poll_interval")),
            item.instant("next_poll_at"),
            item.optionalText("last_poll"),
            item.optionalInstant("slowed_at")),
        state(item));
  }

  private static State state(Attributes item) {
    return switch (item.text("grant_state")) {
      case PENDING -> item.has("claimed_by") ? new State.Claimed(claim(item)) : new State.Pending();
      case APPROVED -> State.approved(claim(item), approval(item), wrong(item));
      case DENIED -> new State.Denied(claim(item), wrong(item));
      case CONSUMED ->
          new State.Consumed(
              claim(item),
              approval(item),
              new Redemption(
                  item.instant("consumed_at"),
                  item.text("consumed_by"),
                  item.optionalText("idempotency_key").map(Digest::parse)));
      case String unknown -> throw new IllegalStateException("unknown grant state " + unknown);
    };
  }

  private static Claim claim(Attributes item) {
    return new Claim(new Subject(item.text("claimed_by")), Digest.parse(item.text("claim_nonce")));
  }

  private static Set<MatchingNumber> wrong(Attributes item) {
    return item.numbers("wrong_confirmations").stream()
        .map(MatchingNumber::new)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// The attributes of an approval.
  static Attributes of(Approval approval) {
    var consent = approval.consent();
    var attributes =
        Attributes.none()
            .put("approved_at", approval.since())
            .put("approval_seal", approval.seal().toString())
            .put(approval.profile())
            .putText("approved_name", consent.name())
            .putFlag("number_required", approval.numberRequired());
    consent.scope().ifPresent(scope -> attributes.put("approved_scope", scope));
    consent
        .lifetime()
        .ifPresent(lifetime -> attributes.put("approved_lifetime", lifetime.toSeconds()));
    return attributes;
  }

  private static Approval approval(Attributes item) {
    return new Approval(
        new Consent(
            item.has("approved_scope")
                ? Optional.of(item.scope("approved_scope"))
                : Optional.<Scope>empty(),
            item.has("approved_lifetime")
                ? Optional.of(Duration.ofSeconds(item.number("approved_lifetime")))
                : Optional.empty(),
            item.optionalText("approved_name")),
        item.profile(),
        item.instant("approved_at"),
        item.flag("number_required"),
        Digest.parse(item.text("approval_seal")));
  }
}
