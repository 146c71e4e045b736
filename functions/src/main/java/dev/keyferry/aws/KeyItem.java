package dev.keyferry.aws;

import dev.keyferry.flow.Digest;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyId;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Subject;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The items of the keys table: a key's, and a subject's standing.
final class KeyItem {
  private static final String PREFIX = "KEY#";

  private KeyItem() {}

  static Map<String, AttributeValue> key(KeyId id) {
    return Map.of("pk", AttributeValue.fromS(id.partitionKey()));
  }

  static Map<String, AttributeValue> key(Subject subject) {
    return Map.of("pk", AttributeValue.fromS(subject.partitionKey()));
  }

  static Map<String, AttributeValue> ofNew(Key key) {
    return Attributes.none()
        .with("pk", key.id().partitionKey())
        .with("access_hash", key.hash().toString())
        .with("key_seal", key.seal().toString())
        .with("client_id", key.clientId())
        .with("subject", key.subject().value())
        .with("granted_scope", key.scope())
        .withText("key_name", key.name())
        .with("requested_from", key.origin().toString())
        .with("created_at", key.createdAt())
        .with("expires_at", key.expiresAt())
        .with("purge_at", key.purgeAt().getEpochSecond())
        .toMap();
  }

  static Key read(Map<String, AttributeValue> attributes) {
    return Attributes.read(attributes, KeyItem::read);
  }

  private static Key read(Attributes item) {
    return new Key(
        new KeyId(item.text("pk").substring(PREFIX.length())),
        Digest.parse(item.text("access_hash")),
        Digest.parse(item.text("key_seal")),
        item.text("client_id"),
        new Subject(item.text("subject")),
        item.scope("granted_scope"),
        item.optionalText("key_name"),
        Origin.parse(item.text("requested_from")),
        item.instant("created_at"),
        item.instant("expires_at"),
        item.optionalInstant("revoked_at"),
        item.optionalInstant("last_used_at"));
  }

  static Standing readStanding(Map<String, AttributeValue> attributes) {
    return Attributes.read(
        attributes,
        item -> new Standing(item.has("disabled_at"), item.optionalInstant("signed_out_at")));
  }
}
