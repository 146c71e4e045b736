package dev.keyferry.aws;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.Key.Issue;
import dev.keyferry.flow.KeyStore.Disablement;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Subject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The items of the keys table: keys, and the standing of subjects.
final class KeyItem {
  private static final String PREFIX = "KEY#";

  private KeyItem() {}

  static Map<String, AttributeValue> key(KeyId id) {
    return Map.of("pk", AttributeValue.fromS(id.qualified()));
  }

  static Map<String, AttributeValue> key(Subject subject) {
    return Map.of("pk", AttributeValue.fromS(partitionKey(subject)));
  }

  /// The row that says whether a subject is disabled or has signed out everywhere.
  static String partitionKey(Subject subject) {
    return "SUBJECT#" + subject.value();
  }

  static Map<String, AttributeValue> ofNew(Key key) {
    var terms = key.terms();
    var generation = key.generation();
    return Attributes.none()
        .put("pk", key.id().qualified())
        .put("client_id", terms.clientId())
        .put("subject", terms.subject().value())
        .put(terms.profile())
        .put("granted_scope", terms.scope())
        .put("token_lifetime", terms.lifetime().toMillis())
        .put(terms.name())
        .put("requested_from", terms.origin().toString())
        .put("approved_at", terms.approvedAt())
        .put("created_at", terms.createdAt())
        .put("linked_until", terms.linkedUntil())
        .putDelivery(terms.delivery())
        .put("key_seal", key.seal().toString())
        .put("generation", generation.number())
        .put("access_hash", generation.access().toString())
        .put("refresh_hash", generation.refresh().toString())
        .put("issued_at", generation.issuedAt())
        .put("generation_seal", generation.seal().toString())
        .put("issued_by", generation.attempt())
        .put("issue", ofIssue(generation))
        .putText("idempotency_key", generation.issue().idempotencyKey().map(Digest::toString))
        .put("purge_at", key.purgeAt().getEpochSecond())
        .toMap();
  }

  static Key read(Map<String, AttributeValue> attributes) {
    return Attributes.read(attributes, KeyItem::read);
  }

  static Optional<Key> readIfValid(Map<String, AttributeValue> attributes) {
    return Attributes.readIfValid(attributes, KeyItem::read);
  }

  /// What a row says of its present generation's issue. The version before issues ignores this when
  /// it renews a key. So the issue names its generation, and counts only for that one.
  static AttributeValue ofIssue(Key.Generation generation) {
    var issue = generation.issue();
    var attributes =
        Attributes.none()
            .put("generation", generation.number())
            .put("branch", issue.branch())
            .putText("origin", issue.origin().map(Origin::toString))
            .putFlag("confirmed", issue.confirmed())
            .put("seal", issue.seal().toString());
    generation.previous().ifPresent(it -> attributes.put("replaced_at", it.replacedAt()));
    return AttributeValue.fromM(attributes.toMap());
  }

  private static Issue readIssue(Attributes issue, Optional<Digest> idempotencyKey) {
    return new Issue(
        issue.number("branch"),
        issue.optionalText("origin").map(Origin::parse),
        idempotencyKey,
        issue.flag("confirmed"),
        Digest.parse(issue.text("seal")));
  }

  private static Key read(Attributes item) {
    var idempotencyKey = item.optionalText("idempotency_key").map(Digest::parse);
    var issue =
        item.optionalMap("issue")
            .filter(some -> some.number("generation") == item.number("generation"));
    return new Key(
        new KeyId(item.text("pk").substring(PREFIX.length())),
        new Key.Terms(
            item.text("client_id"),
            new Subject(item.text("subject")),
            item.profile(),
            item.scope("granted_scope"),
            Duration.ofMillis(item.number("token_lifetime")),
            item.deviceName(),
            Origin.parse(item.text("requested_from")),
            item.instant("approved_at"),
            item.instant("created_at"),
            item.instant("linked_until"),
            item.delivery()),
        Digest.parse(item.text("key_seal")),
        new Key.Generation(
            item.number("generation"),
            Digest.parse(item.text("access_hash")),
            Digest.parse(item.text("refresh_hash")),
            item.instant("issued_at"),
            item.has("previous_issued_at")
                ? Optional.of(
                    new Key.Previous(
                        Digest.parse(item.text("previous_access_hash")),
                        Digest.parse(item.text("previous_refresh_hash")),
                        item.instant("previous_issued_at"),
                        Digest.parse(item.text("previous_seal")),
                        issue
                            .flatMap(some -> some.optionalInstant("replaced_at"))
                            .orElse(item.instant("issued_at"))))
                : Optional.empty(),
            Digest.parse(item.text("generation_seal")),
            item.text("issued_by"),
            issue
                .map(some -> readIssue(some, idempotencyKey))
                .orElse(Issue.unknown(idempotencyKey))),
        item.optionalInstant("revoked_at"),
        item.optionalInstant("last_used_at"));
  }

  static Disablement readDisablement(Map<String, AttributeValue> attributes) {
    return Attributes.read(
        attributes,
        item ->
            new Disablement(
                item.has("disabled_at"),
                item.optionalInstant("enabled_at"),
                item.optionalText("disabled_by")));
  }

  static Standing readStanding(Map<String, AttributeValue> attributes) {
    return Attributes.read(
        attributes,
        item -> new Standing(item.has("disabled_at"), item.optionalInstant("signed_out_at")));
  }
}
