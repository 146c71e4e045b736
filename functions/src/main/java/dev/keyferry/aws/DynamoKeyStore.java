package dev.keyferry.aws;

import static java.lang.Math.min;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.Outage;
import dev.keyferry.flow.Scope;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;

/// Keys in DynamoDB. One strong read returns a key and its subject's standing. A key's subject
/// never changes, so this environment remembers it, and only a key's first verification here needs
/// a second request. docs/decisions/0005.
public final class DynamoKeyStore implements KeyStore {
  private static final int REMEMBERED = 10_000;

  /// How long to skip notes of use after one note failed.
  private static final Duration NOTE_PAUSE = Duration.ofSeconds(30);

  private final ConditionalWrites<Key> keys;

  private final ConditionalWrites<Disablement> subjects;

  private final DynamoDbClient dynamo;
  private final String table;
  private final Map<KeyId, Subject> subjectsOfKeys =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<KeyId, Subject> eldest) {
              return size() > REMEMBERED;
            }
          });

  /// A `nanoTime` deadline. It is empty at first, because a restored snapshot may run where
  /// `nanoTime` is lower.
  private volatile Optional<Long> noteAfter = Optional.empty();

  public DynamoKeyStore(DynamoDbClient dynamo, String table) {
    keys = new ConditionalWrites<>(dynamo, table, KeyItem::read);
    subjects = new ConditionalWrites<>(dynamo, table, KeyItem::readDisablement);
    this.dynamo = dynamo;
    this.table = table;
  }

  @Override
  public Optional<KeyAndStanding> findWithStanding(KeyId id) {
    var remembered = Optional.ofNullable(subjectsOfKeys.get(id));
    var rows =
        BatchRead.of(
            dynamo,
            table,
            Stream.concat(Stream.of(KeyItem.key(id)), remembered.stream().map(KeyItem::key)));
    return Optional.ofNullable(rows.get(id.qualified()))
        .map(KeyItem::read)
        .map(key -> {
          var subject = key.terms().subject();
          if (!remembered.equals(Optional.of(subject))) {
            rows.putAll(BatchRead.of(dynamo, table, Stream.of(KeyItem.key(subject))));
            subjectsOfKeys.put(id, subject);
          }
          return new KeyAndStanding(key, standing(rows.get(KeyItem.partitionKey(subject))));
        });
  }

  @Override
  public Standing findStanding(Subject subject) {
    return standing(get(KeyItem.key(subject)));
  }

  @Override
  public Write<Key> renew(KeyId id, String clientId, Generation seen, Generation next) {
    var previous = next.previous().orElseThrow();
    var isBranch = next.number() == seen.number();
    var now = next.issuedAt();
    var idempotencyKey = next.issue().idempotencyKey().map(Digest::toString);
    return keys.update(
        KeyItem.key(id),
        found -> found.generation().attempt().equals(next.attempt()),
        "SET generation = :number, access_hash = :access, refresh_hash = :refresh,"
            + " previous_access_hash = :previous_access,"
            + " previous_refresh_hash = :previous_refresh,"
            + " previous_issued_at = :previous_issued_at, previous_seal = :previous_seal,"
            + " issued_at = :now, generation_seal = :seal, issued_by = :attempt, issue = :issue"
            + idempotencyKey
                .map(_ -> ", idempotency_key = :idempotency")
                .orElse(" REMOVE idempotency_key"),
        "refresh_hash = :seen_refresh AND generation_seal = :seen_seal"
            + " AND client_id = :client AND attribute_not_exists(revoked_at) AND"
            + " contains(granted_scope, :offline)"
            + " AND linked_until > :now AND "
            + (isBranch
                ? "previous_issued_at > :idlest"
                    + " AND (attribute_not_exists(issue.confirmed) OR issue.generation <> :number)"
                : "issued_at > :idlest"),
        Attributes.none()
            .put(":number", next.number())
            .put(":access", next.access().toString())
            .put(":refresh", next.refresh().toString())
            .put(":previous_access", previous.access().toString())
            .put(":previous_refresh", previous.refresh().toString())
            .put(":previous_issued_at", previous.issuedAt())
            .put(":previous_seal", previous.seal().toString())
            .put(":now", now)
            .put(":seal", next.seal().toString())
            .put(":attempt", next.attempt())
            .put(":issue", KeyItem.ofIssue(next))
            .put(":seen_refresh", seen.refresh().toString())
            .put(":seen_seal", seen.seal().toString())
            .putText(":idempotency", idempotencyKey)
            .put(":client", clientId)
            .put(":offline", Scope.OFFLINE_ACCESS)
            .put(":idlest", now.minus(Key.LONGEST_IDLE)));
  }

  @Override
  public Write<Key> revoke(KeyId id, Revoker revoker, Instant now) {
    var values = Attributes.none().put(":now", now);
    var mayRevoke =
        switch (revoker) {
          case Revoker.Owner(var subject) -> {
            values.put(":owner", subject.value());
            yield "subject = :owner";
          }
          case Revoker.Holder(var clientId, var token) -> {
            values.put(":client", clientId).put(":token", token.toString());
            yield "client_id = :client AND :token IN (access_hash, refresh_hash,"
                + " previous_access_hash, previous_refresh_hash)";
          }
          case Revoker.Server _ -> "attribute_exists(pk)";
        };
    return keys.update(
        KeyItem.key(id),
        found -> found.revokedAt().isPresent() && revoker.mayRevoke(found),
        "SET revoked_at = if_not_exists(revoked_at, :now)",
        mayRevoke,
        values);
  }

  @Override
  public Listing list(Subject subject, Predicate<Key> wanted, int most) {
    var keys = new ArrayList<Key>();
    int unreadable = 0;
    var after = Map.<String, AttributeValue>of();
    for (int pages = 0; pages < LISTING_PAGES && keys.size() <= most; pages++) {
      var page = page(subject, after, most);
      for (var row : page.items()) {
        var key = KeyItem.readIfValid(row);
        unreadable += key.isEmpty() ? 1 : 0;
        key.filter(wanted).ifPresent(keys::add);
      }
      after = page.lastEvaluatedKey();
      if (after.isEmpty()) {
        break;
      }
    }
    var more = keys.size() > most || !after.isEmpty();
    return new Listing(List.copyOf(keys.subList(0, min(most, keys.size()))), more, unreadable);
  }

  /// Reads one page within what is left of the invocation's time.
  private QueryResponse page(Subject subject, Map<String, AttributeValue> after, int size) {
    return Outages.translate(() ->
        dynamo.query(query ->
            query
                .tableName(table)
                .indexName("by-subject")
                .keyConditionExpression("subject = :subject")
                .expressionAttributeValues(
                    Attributes.none().put(":subject", subject.value()).toMap())
                .scanIndexForward(false)
                .limit(size)
                .exclusiveStartKey(after.isEmpty() ? null : after)
                .overrideConfiguration(Budget.forCall())));
  }

  /// A repeated write changes nothing, so the SDK may repeat it when an answer is lost. The
  /// function's policy compares `ReturnValues`, and IAM finds no value in a request that leaves it
  /// out.
  @Override
  public void signOut(Subject subject, Instant now) {
    try {
      Outages.translate(() ->
          dynamo.updateItem(update ->
              update
                  .tableName(table)
                  .key(KeyItem.key(subject))
                  .returnValues(ReturnValue.NONE)
                  .updateExpression("SET signed_out_at = :now")
                  .conditionExpression(
                      "attribute_not_exists(signed_out_at) OR signed_out_at < :now")
                  .expressionAttributeValues(Attributes.none().put(":now", now).toMap())
                  .overrideConfiguration(Budget.forCall())));
    } catch (ConditionalCheckFailedException _) {
      // A sign-out from this time, or a later one, is already stored.
    }
  }

  @Override
  public Disablement findDisablement(Subject subject) {
    return subjects.find(KeyItem.key(subject)).orElse(Disablement.NEVER);
  }

  @Override
  public Write<Disablement> toggleDisabled(
      Subject subject, Disablement seen, Instant now, String attempt) {
    var values = Attributes.none().put(":attempt", attempt);
    seen.by().ifPresent(by -> values.put(":seen", by));
    return subjects.update(
        KeyItem.key(subject),
        found -> found.by().equals(Optional.of(attempt)),
        seen.disabled()
            ? "SET disabled_by = :attempt, enabled_at = :enabling REMOVE disabled_at"
            : "SET disabled_by = :attempt, disabled_at = :now",
        seen.by().isPresent() ? "disabled_by = :seen" : "attribute_not_exists(disabled_by)",
        seen.disabled() ? values.put(":enabling", Disablement.ENABLING) : values.put(":now", now));
  }

  @Override
  public Write<Disablement> finishEnabling(Subject subject, String attempt, Instant now) {
    return subjects.update(
        KeyItem.key(subject),
        found -> found.isEnabledBy(attempt),
        "SET enabled_at = :now",
        "disabled_by = :attempt AND enabled_at = :enabling",
        Attributes.none()
            .put(":attempt", attempt)
            .put(":now", now)
            .put(":enabling", Disablement.ENABLING));
  }

  private Map<String, AttributeValue> get(Map<String, AttributeValue> key) {
    return Outages.translate(() ->
        dynamo
            .getItem(get ->
                get.tableName(table)
                    .key(key)
                    .consistentRead(true)
                    .overrideConfiguration(Budget.forCall()))
            .item());
  }

  private static Standing standing(@Nullable Map<String, AttributeValue> row) {
    return row == null || row.isEmpty() ? Standing.GOOD : KeyItem.readStanding(row);
  }

  /// Writes at most once an hour for each key. The caller does not learn of a failure, because the
  /// key was verified in any case.
  @Override
  public void markUsed(KeyId id, Instant hour) {
    if (noteAfter.filter(time -> System.nanoTime() - time < 0).isPresent()) {
      return;
    }
    // Until a later use notes it, no other request waits for a note.
    noteAfter =
        note(
                id,
                "SET last_used_at = :hour",
                "attribute_exists(pk)"
                    + " AND (attribute_not_exists(last_used_at) OR last_used_at < :hour)",
                Attributes.none().put(":hour", hour))
            ? Optional.empty()
            : Optional.of(System.nanoTime() + NOTE_PAUSE.toNanos());
  }

  @Override
  public boolean confirm(KeyId id, Generation confirmed, Instant hour) {
    return note(
        id,
        "SET issue = :issue, last_used_at = :hour",
        "generation_seal = :seal AND (attribute_not_exists(last_used_at) OR last_used_at <= :hour)",
        Attributes.none()
            .put(":issue", KeyItem.ofIssue(confirmed))
            .put(":seal", confirmed.seal().toString())
            .put(":hour", hour));
  }

  /// A write that the request can do without. `ReturnValues` is for the policy, as above.
  ///
  /// @return false if the outcome is unknown
  private boolean note(KeyId id, String set, String condition, Attributes values) {
    try {
      Outages.translate(() ->
          dynamo.updateItem(update ->
              update
                  .tableName(table)
                  .key(KeyItem.key(id))
                  .returnValues(ReturnValue.NONE)
                  .updateExpression(set)
                  .conditionExpression(condition)
                  .expressionAttributeValues(values.toMap())
                  .overrideConfiguration(Budget.forExtra())));
      return true;
    } catch (ConditionalCheckFailedException _) {
      // Another request noted it first, or the generation is replaced.
      return true;
    } catch (Outage _) {
      return false;
    }
  }
}
