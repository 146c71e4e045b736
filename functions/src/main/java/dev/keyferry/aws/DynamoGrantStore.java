package dev.keyferry.aws;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Confirmation;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.Scope;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// Grants in DynamoDB: each step one conditional write, in the words of the design's table.
public final class DynamoGrantStore implements GrantStore {
  private static final String PENDING = "grant_state = :pending AND expires_at > :now";
  private static final String APPROVED = "grant_state = :approved AND expires_at > :now";
  private static final String FEW_WRONG =
      "(attribute_not_exists(wrong_confirmations) OR size(wrong_confirmations) < :most_wrong)";
  private static final String CLAIMED_BY_ME = "claimed_by = :me AND claim_nonce = :nonce";
  private static final String STANDING =
      "attribute_not_exists(disabled_at)"
          + " AND (attribute_not_exists(signed_out_at) OR signed_out_at < :approved_at)";

  private static final String CONDITION_FAILED = "ConditionalCheckFailed";
  private static final int GRANT = 0;
  private static final int SUBJECT = 2;

  private final ConditionalWrites<Grant> grants;
  private final ConditionalWrites<Optional<Grant>> polls;
  private final DynamoDbClient dynamo;
  private final String grantsTable;
  private final String keysTable;

  public DynamoGrantStore(DynamoDbClient dynamo, String grantsTable, String keysTable) {
    grants = new ConditionalWrites<>(dynamo, grantsTable, GrantItem::read);
    polls = new ConditionalWrites<>(dynamo, grantsTable, item -> Optional.of(GrantItem.read(item)));
    this.dynamo = dynamo;
    this.grantsTable = grantsTable;
    this.keysTable = keysTable;
  }

  @Override
  public Write<Grant> create(Grant grant, Instant now) {
    var values = Attributes.none().with(":now_s", now.getEpochSecond());
    return grants.write(
        GrantItem.key(grant.locator()),
        found -> found.isOf(grant),
        () -> {
          dynamo.putItem(put ->
              put.tableName(grantsTable)
                  .item(GrantItem.ofNew(grant))
                  .conditionExpression("attribute_not_exists(pk) OR purge_at <= :now_s")
                  .expressionAttributeValues(values.toMap())
                  .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                  .overrideConfiguration(Budget.forCall()));
          return grant;
        });
  }

  @Override
  public Polled poll(Locator locator, Proof proof, String attempt, Instant now) {
    var key = GrantItem.key(locator);
    var values =
        values(proof)
            .with(":pending", GrantItem.PENDING)
            .with(":now", now)
            .with(":due", now.plus(Grant.Pace.TOLERANCE))
            .with(":attempt", attempt);
    var write =
        polls.write(
            key,
            found -> found.flatMap(grant -> grant.pace().lastPoll()).equals(Optional.of(attempt)),
            () -> {
              // Asks for nothing back: most requests are this one, and nobody would look at it.
              dynamo.updateItem(update ->
                  update
                      .tableName(grantsTable)
                      .key(key)
                      .updateExpression(
                          "SET next_poll_at = :now + poll_interval, last_poll = :attempt")
                      .conditionExpression(
                          fits(proof) + " AND " + PENDING + " AND next_poll_at <= :due")
                      .expressionAttributeValues(values.toMap())
                      .returnValuesOnConditionCheckFailure(
                          ReturnValuesOnConditionCheckFailure.ALL_OLD)
                      .overrideConfiguration(Budget.forCall()));
              return Optional.empty();
            });
    return switch (write) {
      case Write.Applied<Optional<Grant>> _ -> new Polled.Pending();
      case Write.Refused(var found) -> new Polled.Refused(found.flatMap(Function.identity()));
    };
  }

  @Override
  public Write<Grant> slowDown(Grant seen, Duration interval) {
    return update(
        seen.locator(),
        found -> found.pace().slowedAt().equals(Optional.of(seen.pace().nextPollAt())),
        "SET poll_interval = :interval, slowed_at = :window",
        "grant_state = :pending AND next_poll_at = :window"
            + " AND (attribute_not_exists(slowed_at) OR slowed_at <> :window)",
        Attributes.none()
            .with(":pending", GrantItem.PENDING)
            .with(":window", seen.pace().nextPollAt())
            .with(":interval", interval.toMillis()));
  }

  @Override
  public Write<Grant> claim(Locator locator, Grant.Claim claim, Instant now) {
    return update(
        locator,
        found -> found.state().equals(new State.Claimed(claim)),
        "SET claimed_by = :me, claim_nonce = :nonce",
        PENDING,
        values(claim).with(":pending", GrantItem.PENDING).with(":now", now));
  }

  @Override
  public Write<Grant> approve(
      Locator locator, Grant.Claim claim, Grant.Approval approval, Instant now) {
    var consent = approval.consent();
    var values =
        values(claim)
            .with(":pending", GrantItem.PENDING)
            .with(":approved", GrantItem.APPROVED)
            .with(":now", now);
    var set = new StringBuilder("SET grant_state = :approved");
    GrantItem.of(approval)
        .toMap()
        .forEach((name, value) -> {
          values.with(":" + name, value);
          set.append(", ").append(name).append(" = :").append(name);
        });
    var condition = new StringBuilder(PENDING + " AND " + CLAIMED_BY_ME);
    consent
        .scope()
        .ifPresent(scope -> {
          for (int i = 0; i < scope.tokens().size(); i++) {
            values.with(":scope" + i, scope.tokens().get(i));
            condition.append(" AND contains(requested_scope, :scope").append(i).append(')');
          }
        });
    consent
        .lifetime()
        .ifPresent(lifetime -> {
          condition.append(" AND (requested_lifetime >= :approved_lifetime");
          if (lifetime.compareTo(Key.LONGEST_FAMILY) <= 0) {
            values.with(":offline", Scope.OFFLINE_ACCESS);
            condition.append(" OR contains(requested_scope, :offline)");
          }
          condition.append(')');
        });
    return update(
        locator,
        found -> found.isApprovedWith(claim, consent),
        set.toString(),
        condition.toString(),
        values);
  }

  @Override
  public Optional<Grant> find(Locator locator) {
    return grants.find(GrantItem.key(locator));
  }

  /// The set is the mark of its own work: to add again what is in it changes nothing.
  @Override
  public Write<Grant> countWrong(Locator locator, Proof proof, Confirmation wrong, Instant now) {
    return update(
        locator,
        found -> found.hasCounted(wrong),
        "ADD wrong_confirmations :wrong",
        fits(proof) + " AND " + APPROVED + " AND " + FEW_WRONG,
        values(proof)
            .with(":approved", GrantItem.APPROVED)
            .with(":now", now)
            .with(":most_wrong", Confirmation.MOST_WRONG)
            .withNumbers(":wrong", Set.of(wrong.number())));
  }

  @Override
  public Write<Grant> deny(Locator locator, Subject subject, Instant now) {
    return update(
        locator,
        found -> found.isDeniedBy(subject),
        "SET grant_state = :denied",
        "grant_state IN (:pending, :approved) AND expires_at > :now AND claimed_by = :me",
        Attributes.none()
            .with(":pending", GrantItem.PENDING)
            .with(":approved", GrantItem.APPROVED)
            .with(":denied", GrantItem.DENIED)
            .with(":me", subject.value())
            .with(":now", now));
  }

  @Override
  public Write<Grant> bar(Locator locator, Grant.Claim claim) {
    return update(
        locator,
        found -> found.state() instanceof State.Denied(var denied, var _) && denied.equals(claim),
        "SET grant_state = :denied",
        "grant_state = :approved AND " + CLAIMED_BY_ME,
        values(claim).with(":approved", GrantItem.APPROVED).with(":denied", GrantItem.DENIED));
  }

  @Override
  public Redeemed redeem(Locator locator, Proof proof, Grant.Redemption redemption, Key key) {
    // Built once: DynamoDB takes a repeated token for the same transaction only with the same
    // contents.
    var transaction = transaction(locator, proof, redemption, key);
    Predicate<Grant> mine = found -> found.isRedeemedBy(redemption.attempt());
    try {
      dynamo.transactWriteItems(transaction);
      return new Redeemed.Stored();
    } catch (TransactionCanceledException cancelled) {
      var reasons = cancelled.cancellationReasons();
      var failed =
          IntStream.range(0, reasons.size())
              .boxed()
              .filter(item -> reasons.get(item).code().equals(CONDITION_FAILED))
              .collect(Collectors.toSet());
      if (failed.isEmpty()) {
        return grants.resolve(cancelled, GrantItem.key(locator), mine, _ -> new Redeemed.Stored());
      }
      var found = found(reasons.get(GRANT));
      if (found.filter(mine).isPresent()) {
        return new Redeemed.Stored();
      }
      return failed.contains(SUBJECT) && !failed.contains(GRANT)
          ? new Redeemed.Barred()
          : new Redeemed.Refused(found);
    } catch (SdkException outage) {
      return grants.resolve(outage, GrantItem.key(locator), mine, _ -> new Redeemed.Stored());
    }
  }

  private TransactWriteItemsRequest transaction(
      Locator locator, Proof proof, Grant.Redemption redemption, Key key) {
    var values =
        values(proof)
            .with(":approved", GrantItem.APPROVED)
            .with(":consumed", GrantItem.CONSUMED)
            .with(":now", redemption.at())
            .with(":most_wrong", Confirmation.MOST_WRONG)
            .with(":attempt", redemption.attempt())
            .withText(":idempotency", redemption.idempotencyKey().map(Digest::toString));
    var set =
        "SET grant_state = :consumed, consumed_at = :now, consumed_by = :attempt"
            + redemption.idempotencyKey().map(_ -> ", idempotency_key = :idempotency").orElse("");
    var consume =
        TransactWriteItem.builder()
            .update(grant ->
                grant
                    .tableName(grantsTable)
                    .key(GrantItem.key(locator))
                    .updateExpression(set)
                    .conditionExpression(fits(proof) + " AND " + APPROVED + " AND " + FEW_WRONG)
                    .expressionAttributeValues(values.toMap())
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD))
            .build();
    var store =
        TransactWriteItem.builder()
            .put(row ->
                row.tableName(keysTable)
                    .item(KeyItem.ofNew(key))
                    .conditionExpression("attribute_not_exists(pk)"))
            .build();
    var check =
        TransactWriteItem.builder()
            .conditionCheck(subject ->
                subject
                    .tableName(keysTable)
                    .key(KeyItem.key(key.terms().subject()))
                    .conditionExpression(STANDING)
                    .expressionAttributeValues(
                        Attributes.none().with(":approved_at", key.terms().approvedAt()).toMap()))
            .build();
    return TransactWriteItemsRequest.builder()
        .clientRequestToken(redemption.attempt())
        .transactItems(consume, store, check)
        .overrideConfiguration(Budget.forCall())
        .build();
  }

  private static Optional<Grant> found(CancellationReason reason) {
    return reason.hasItem() ? Optional.of(GrantItem.read(reason.item())) : Optional.empty();
  }

  private static String fits(Proof proof) {
    return "device_secret = :secret AND client_id = :client AND "
        + proof
            .challenge()
            .map(_ -> "code_challenge = :challenge")
            .orElse("attribute_not_exists(code_challenge)");
  }

  private static Attributes values(Proof proof) {
    return Attributes.none()
        .with(":secret", proof.deviceSecret().toString())
        .with(":client", proof.clientId())
        .withText(":challenge", proof.challenge().map(CodeChallenge::value));
  }

  private static Attributes values(Grant.Claim claim) {
    return Attributes.none()
        .with(":me", claim.subject().value())
        .with(":nonce", claim.nonce().toString());
  }

  private Write<Grant> update(
      Locator locator, Predicate<Grant> mine, String set, String condition, Attributes values) {
    return grants.update(GrantItem.key(locator), mine, set, condition, values);
  }
}
