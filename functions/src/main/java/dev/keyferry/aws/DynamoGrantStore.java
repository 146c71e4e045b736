package dev.keyferry.aws;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.Outage;
import dev.keyferry.flow.Scope;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// Grants in DynamoDB. Each step is one conditional write, with the condition that the design's
/// table gives it.
public final class DynamoGrantStore implements GrantStore {
  private static final String PENDING = "grant_state = :pending AND expires_at > :now";
  private static final String APPROVED = "grant_state = :approved AND expires_at > :now";
  private static final String FEW_WRONG =
      "(attribute_not_exists(wrong_confirmations) OR size(wrong_confirmations) < :most_wrong)";
  private static final String CLAIMED_BY_ME = "claimed_by = :me AND claim_nonce = :nonce";
  private static final String STANDING =
      "attribute_not_exists(disabled_at)"
          + " AND (attribute_not_exists(enabled_at) OR enabled_at < :approved_at)"
          + " AND (attribute_not_exists(signed_out_at) OR signed_out_at < :approved_at)";

  private static final String CONDITION_FAILED = "ConditionalCheckFailed";
  private static final int GRANT = 0;
  private static final int SUBJECT = 2;

  private final ConditionalWrites<Grant> grants;
  private final ConditionalWrites<Optional<Grant>> polls;
  private final DynamoDbClient dynamo;
  private final String grantsTable;
  private final Supplier<String> keysTable;

  /// @param keysTable only a redemption writes there, so only the function that redeems knows it
  public DynamoGrantStore(DynamoDbClient dynamo, String grantsTable, Supplier<String> keysTable) {
    grants = new ConditionalWrites<>(dynamo, grantsTable, GrantItem::read);
    polls = new ConditionalWrites<>(dynamo, grantsTable, item -> Optional.of(GrantItem.read(item)));
    this.dynamo = dynamo;
    this.grantsTable = grantsTable;
    this.keysTable = keysTable;
  }

  @Override
  public Write<Grant> create(Grant grant, Instant now) {
    var values = Attributes.none().put(":now_s", now.getEpochSecond());
    return grants.write(
        GrantItem.key(grant.locator()),
        found -> found.wasCreatedAs(grant),
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
            .put(":pending", GrantItem.PENDING)
            .put(":now", now)
            .put(":due", now.plus(Grant.Pace.TOLERANCE))
            .put(":attempt", attempt);
    var write =
        polls.write(
            key,
            found -> found.flatMap(grant -> grant.pace().lastPoll()).equals(Optional.of(attempt)),
            () -> {
              // Most requests are such polls, and no code would read a returned item.
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
      case Write.Refused(var found) -> new Polled.NotPending(found.flatMap(Function.identity()));
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
            .put(":pending", GrantItem.PENDING)
            .put(":window", seen.pace().nextPollAt())
            .put(":interval", interval.toMillis()));
  }

  @Override
  public Write<Grant> claim(Locator locator, Grant.Claim claim, Instant now) {
    return update(
        locator,
        found -> found.state().equals(new State.Claimed(claim)),
        "SET claimed_by = :me, claim_nonce = :nonce",
        PENDING,
        values(claim).put(":pending", GrantItem.PENDING).put(":now", now));
  }

  @Override
  public Write<Grant> approve(
      Locator locator, Grant.Claim claim, Grant.Approval approval, Instant now) {
    var consent = approval.consent();
    var values =
        values(claim)
            .put(":pending", GrantItem.PENDING)
            .put(":approved", GrantItem.APPROVED)
            .put(":now", now);
    var set = new StringBuilder("SET grant_state = :approved");
    GrantItem.of(approval)
        .toMap()
        .forEach((name, value) -> {
          values.put(":" + name, value);
          set.append(", ").append(name).append(" = :").append(name);
        });
    var condition = new StringBuilder(PENDING + " AND " + CLAIMED_BY_ME);
    consent
        .scope()
        .ifPresent(scope -> {
          for (int i = 0; i < scope.tokens().size(); i++) {
            values.put(":scope" + i, scope.tokens().get(i));
            condition.append(" AND contains(requested_scope, :scope").append(i).append(')');
          }
        });
    consent
        .lifetime()
        .ifPresent(lifetime -> {
          condition.append(" AND (requested_lifetime >= :approved_lifetime");
          if (lifetime.compareTo(Key.LONGEST_FAMILY) <= 0) {
            values.put(":offline", Scope.OFFLINE_ACCESS);
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

  /// The set of numbers marks this write's own work: adding a number again changes nothing.
  @Override
  public Write<Grant> countWrong(Locator locator, Proof proof, MatchingNumber wrong, Instant now) {
    return update(
        locator,
        found -> found.hasCounted(wrong),
        "ADD wrong_confirmations :wrong",
        fits(proof) + " AND " + APPROVED + " AND " + FEW_WRONG,
        values(proof)
            .put(":approved", GrantItem.APPROVED)
            .put(":now", now)
            .put(":most_wrong", MatchingNumber.MOST_WRONG)
            .putNumbers(":wrong", Set.of(wrong.number())));
  }

  @Override
  public Write<Grant> deny(Locator locator, Subject subject, Instant now) {
    return update(
        locator,
        found -> found.isDeniedBy(subject),
        "SET grant_state = :denied",
        "grant_state IN (:pending, :approved) AND expires_at > :now AND claimed_by = :me",
        Attributes.none()
            .put(":pending", GrantItem.PENDING)
            .put(":approved", GrantItem.APPROVED)
            .put(":denied", GrantItem.DENIED)
            .put(":me", subject.value())
            .put(":now", now));
  }

  @Override
  public Write<Grant> denyBarred(Locator locator, Grant.Claim claim) {
    return update(
        locator,
        found -> found.state() instanceof State.Denied(var denied, var _) && denied.equals(claim),
        "SET grant_state = :denied",
        "grant_state = :approved AND " + CLAIMED_BY_ME,
        values(claim).put(":approved", GrantItem.APPROVED).put(":denied", GrantItem.DENIED));
  }

  @Override
  public Redeemed redeem(Locator locator, Proof proof, Grant.Redemption redemption, Key key) {
    // Build the transaction once: DynamoDB accepts a repeated token for the same transaction only
    // with the same contents.
    var transaction = transaction(locator, proof, redemption, key);
    Predicate<Grant> mine = found -> found.isRedeemedBy(redemption.attempt());
    try {
      Outages.translate(() -> dynamo.transactWriteItems(transaction));
      return new Redeemed.Stored();
    } catch (TransactionCanceledException cancelled) {
      var reasons = cancelled.cancellationReasons();
      var failed =
          IntStream.range(0, reasons.size())
              .boxed()
              .filter(item -> reasons.get(item).code().equals(CONDITION_FAILED))
              .collect(Collectors.toSet());
      if (failed.isEmpty()) {
        return grants.resolve(
            Outages.of(cancelled), GrantItem.key(locator), mine, _ -> new Redeemed.Stored());
      }
      var found = found(reasons.get(GRANT));
      if (found.filter(mine).isPresent()) {
        return new Redeemed.Stored();
      }
      return failed.contains(SUBJECT) && !failed.contains(GRANT)
          ? new Redeemed.Barred()
          : new Redeemed.NotApproved(found);
    } catch (Outage outage) {
      return grants.resolve(outage, GrantItem.key(locator), mine, _ -> new Redeemed.Stored());
    }
  }

  private TransactWriteItemsRequest transaction(
      Locator locator, Proof proof, Grant.Redemption redemption, Key key) {
    var values =
        values(proof)
            .put(":approved", GrantItem.APPROVED)
            .put(":consumed", GrantItem.CONSUMED)
            .put(":now", redemption.at())
            .put(":most_wrong", MatchingNumber.MOST_WRONG)
            .put(":attempt", redemption.attempt())
            .putText(":idempotency", redemption.idempotencyKey().map(Digest::toString));
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
                row.tableName(keysTable.get())
                    .item(KeyItem.ofNew(key))
                    .conditionExpression("attribute_not_exists(pk)"))
            .build();
    var check =
        TransactWriteItem.builder()
            .conditionCheck(subject ->
                subject
                    .tableName(keysTable.get())
                    .key(KeyItem.key(key.terms().subject()))
                    .conditionExpression(STANDING)
                    .expressionAttributeValues(
                        Attributes.none().put(":approved_at", key.terms().approvedAt()).toMap()))
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
        .put(":secret", proof.deviceSecret().toString())
        .put(":client", proof.clientId())
        .putText(":challenge", proof.challenge().map(CodeChallenge::value));
  }

  private static Attributes values(Grant.Claim claim) {
    return Attributes.none()
        .put(":me", claim.subject().value())
        .put(":nonce", claim.nonce().toString());
  }

  private Write<Grant> update(
      Locator locator, Predicate<Grant> mine, String set, String condition, Attributes values) {
    return grants.update(GrantItem.key(locator), mine, set, condition, values);
  }
}
