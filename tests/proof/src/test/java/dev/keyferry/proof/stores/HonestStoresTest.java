package dev.keyferry.proof.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.aws.DynamoGrantStore;
import dev.keyferry.aws.DynamoKeyStore;
import dev.keyferry.aws.DynamoLimitStore;
import dev.keyferry.flow.AllStores;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.limits.InMemoryLimitStore;
import dev.keyferry.limits.Limit.Window;
import dev.keyferry.limits.LimitStore;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.dynamodb.services.local.embedded.DynamoDBEmbedded;
import software.amazon.dynamodb.services.local.shared.access.AmazonDynamoDBLocal;

/// Tests that the in-memory stores, on which most tests of the flows rely, behave like the stores
/// in DynamoDB: the same random steps give the same results and leave the same rows.
///
/// `-Dsequences=100000` runs more sequences than a build has time for. `-Dsequences.from=N` starts
/// with another number. Each number gives the same steps on every machine.
class HonestStoresTest {
  private static final int EACH_BUILD = 1_000;
  private static final int SEQUENCES = Integer.getInteger("sequences", EACH_BUILD);
  private static final int FROM = Integer.getInteger("sequences.from", 0);

  /// The number of sequences per database. A new database keeps it from growing without limit.
  private static final int SEQUENCES_EACH = 2_000;

  /// The outcomes that the steps of a build must reach, so that they do not all miss. Each write
  /// must be done, be found done before, and be refused for each reason alone.
  private static final String REACHED =
      """
      Approve: applied | own work | refused, a longer life than asked for | \
          refused, another nonce | refused, another subject | refused, expired | \
          refused, in another state | refused, more scope than asked for | refused, nothing there
      Bar: applied | own work | refused, another nonce | refused, another subject | \
          refused, in another state | refused, nothing there
      ClaimIt: applied | applied to no effect | own work | refused, expired | \
          refused, in another state | refused, nothing there
      Count: changed true | false | true
      CountWrong: applied | applied to no effect | denied | own work | \
          refused, another challenge | refused, another client | refused, another secret | \
          refused, expired | refused, in another state | refused, nothing there
      Create: applied | own work | refused, one is there
      Deny: applied | own work | refused, another subject | refused, expired | \
          refused, in another state | refused, nothing there
      FindDisablement: disabled | enabled
      Finish: applied | own work | refused, changed since
      FindStanding: bad | good
      GiveBack: changed done | done
      IsFull: false | true
      ListKeys: 0 | 1 | 1 and more | 2
      MarkUsed: changed done | done
      Poll: applied | own work | refused, another challenge | refused, another client | \
          refused, another secret | refused, early | refused, expired | refused, in another state | \
          refused, nothing there
      Redeem: applied | own work | refused, another challenge | refused, another client | \
          refused, another secret | refused, disabled | refused, enabled since | \
          refused, expired | refused, in another state | refused, nothing there | refused, signed out | \
          refused, the key exists
      Renew: applied | own work | refused, another client | refused, another refresh token | \
          refused, another seal | refused, idle | refused, linked no more | refused, not renewable | \
          refused, nothing there | refused, revoked
      Reserve: changed true | false | true
      Reverse: applied | own work | refused, changed since
      Revoke: applied | applied to no effect | refused, not to this Holder | \
          refused, not to this Owner | refused, nothing there
      SignOut: changed done | done
      SlowDown: applied | own work | refused, another window | refused, in another state | \
          refused, nothing there
      """;

  private static final String GRANTS = "Grants";
  private static final String KEYS = "Keys";

  @Test
  void the_stores_in_memory_and_in_dynamodb_give_the_same_results_and_keep_the_same_rows()
      throws IOException {
    var outcomes = new TreeMap<String, Integer>();
    for (int from = FROM; from < FROM + SEQUENCES; from += SEQUENCES_EACH) {
      try (var database = new Database()) {
        var end = Math.min(from + SEQUENCES_EACH, FROM + SEQUENCES);
        for (int seed = from; seed < end; seed++) {
          var run = new Run(new StoreSteps(seed), database, outcomes);
          var difference = run.atRandom();
          if (difference.isPresent()) {
            throw new AssertionError(
                "sequence %d: %s%nreduced to:%n%s"
                    .formatted(seed, difference.get(), shrunk(seed, run.taken())));
          }
        }
      }
    }
    if (SEQUENCES >= EACH_BUILD) {
      assertThat(outcomes.keySet()).containsAll(reached().toList());
    }
  }

  private static Stream<String> reached() {
    return REACHED
        .lines()
        .map(line -> line.split(": ", 2))
        .flatMap(line -> Stream.of(line[1].split("\\|", -1)).map(it -> line[0] + " " + it.strip()));
  }

  /// Removes one step after the other while a difference remains. Each trial has a database of its
  /// own, because DynamoDB remembers transactions.
  private static String shrunk(long seed, List<StoreStep> steps) throws IOException {
    var left = new ArrayList<>(steps);
    var difference = Optional.<String>empty();
    for (int i = left.size() - 1; i >= 0; i--) {
      var fewer = new ArrayList<>(left);
      fewer.remove(i);
      var without = replay(seed, fewer);
      if (without.isPresent()) {
        left = fewer;
        difference = without;
      }
    }
    return left.stream().map(StoreStep::toString).collect(Collectors.joining("\n"))
        + "\n"
        + difference.orElse("(no step can be left out)");
  }

  private static Optional<String> replay(long seed, List<StoreStep> steps) throws IOException {
    try (var database = new Database()) {
      return new Run(new StoreSteps(seed), database, new HashMap<>()).of(steps);
    }
  }

  /// One sequence of steps on both kinds of stores.
  private static final class Run {
    private final StoreSteps steps;
    private final AllStores dynamo;
    private final AllStores memory = new InMemory();
    private final Map<String, Integer> outcomes;
    private final List<StoreStep> taken = new ArrayList<>();
    private final Set<String> stored = new HashSet<>();

    Run(StoreSteps steps, AllStores dynamo, Map<String, Integer> outcomes) {
      this.steps = steps;
      this.dynamo = dynamo;
      this.outcomes = outcomes;
    }

    List<StoreStep> taken() {
      return taken;
    }

    Optional<String> atRandom() {
      for (int left = steps.length(); left > 0; left--) {
        var difference = take(steps.next(memory));
        if (difference.isPresent()) {
          return difference;
        }
      }
      return compareRows();
    }

    Optional<String> of(List<StoreStep> known) {
      return known.stream()
          .map(this::take)
          .flatMap(Optional::stream)
          .findFirst()
          .or(this::compareRows);
    }

    private Optional<String> take(StoreStep step) {
      if (isForgotten(step)) {
        return Optional.empty();
      }
      taken.add(step);
      var against = step.against(memory);
      var before = steps.rows(memory);
      var answer = answer(step, memory);
      var changed = !steps.rows(memory).equals(before);
      outcomes.merge(step.outcome(answer, against, changed), 1, Integer::sum);
      if (step instanceof StoreStep.Redeem redeem
          && answer.equals(new GrantStore.Redeemed.Stored())) {
        stored.add(redeem.redemption().attempt());
      }
      return difference(step.toString(), answer, answer(step, dynamo));
    }

    /// DynamoDB remembers a transaction for ten minutes and ignores a repetition. In production
    /// this makes no difference, because the consumed row stays for an hour. Here the clock moves
    /// freely.
    private boolean isForgotten(StoreStep step) {
      return step instanceof StoreStep.Redeem redeem
          && stored.contains(redeem.redemption().attempt())
          && memory
              .grants()
              .find(redeem.locator())
              .filter(grant -> grant.isRedeemedBy(redeem.redemption().attempt()))
              .isEmpty();
    }

    private static Object answer(StoreStep step, AllStores stores) {
      try {
        return step.on(stores);
      } catch (RuntimeException outage) {
        return outage.toString();
      }
    }

    private Optional<String> compareRows() {
      var rows = steps.rows(memory);
      return difference("the rows", rows, steps.rows(dynamo))
          .or(() ->
              difference("when to purge", StoreSteps.purges(rows), dynamo.purges(rows.keySet())));
    }

    private static Optional<String> difference(String of, Object inMemory, Object inDynamo) {
      return inMemory.equals(inDynamo)
          ? Optional.empty()
          : Optional.of("%s%n  in memory %s%n  in DynamoDB %s".formatted(of, inMemory, inDynamo));
    }
  }

  private static final class InMemory implements AllStores {
    private final InMemoryKeyStore keys = new InMemoryKeyStore();
    private final InMemoryGrantStore grants = new InMemoryGrantStore(keys);
    private final InMemoryLimitStore limits = new InMemoryLimitStore();

    @Override
    public GrantStore grants() {
      return grants;
    }

    @Override
    public KeyStore keys() {
      return keys;
    }

    @Override
    public LimitStore limits() {
      return limits;
    }

    @Override
    public Counted counted(Window window) {
      return limits.counted(window);
    }

    @Override
    public Map<String, Long> purges(Set<String> partitionKeys) {
      throw new UnsupportedOperationException("nothing in memory is purged");
    }
  }

  /// A DynamoDB Local of its own, called directly. Over HTTP there would be time for a tenth of the
  /// sequences. The contracts use HTTP.
  private static final class Database implements AllStores, AutoCloseable {
    private final AmazonDynamoDBLocal database = DynamoDBEmbedded.create();
    private final DynamoDbClient client = database.dynamoDbClient();
    private final GrantStore grants = new DynamoGrantStore(client, GRANTS, () -> KEYS);
    private final KeyStore keys = new DynamoKeyStore(client, KEYS);
    private final LimitStore limits = new DynamoLimitStore(client, GRANTS);

    Database() throws IOException {
      var template = new Template(Path.of("../../template.yaml"), Map.of());
      LocalAws.createTable(client, GRANTS, template.properties("GrantsTable"));
      LocalAws.createTable(client, KEYS, template.properties("KeysTable"));
    }

    @Override
    public GrantStore grants() {
      return grants;
    }

    @Override
    public KeyStore keys() {
      return keys;
    }

    @Override
    public LimitStore limits() {
      return limits;
    }

    @Override
    public Counted counted(Window window) {
      var row =
          raw(GRANTS, Set.of(DynamoLimitStore.partitionKey(window))).values().stream().findFirst();
      row.ifPresent(
          there -> assertThat(number(there, "purge_at")).isEqualTo(window.end().getEpochSecond()));
      return row.map(there ->
              new Counted(
                  there.containsKey("hits") ? number(there, "hits") : 0,
                  Optional.ofNullable(there.get("last_hit")).map(AttributeValue::s),
                  Optional.ofNullable(there.get("tries"))
                      .map(AttributeValue::ss)
                      .map(Set::copyOf)
                      .orElse(Set.of())))
          .orElse(new Counted(0, Optional.empty(), Set.of()));
    }

    @Override
    public Map<String, Long> purges(Set<String> partitionKeys) {
      var rows = new HashMap<String, Map<String, AttributeValue>>();
      rows.putAll(raw(GRANTS, of("GRANT#", partitionKeys)));
      rows.putAll(raw(KEYS, of("KEY#", partitionKeys)));
      return rows.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, row -> number(row.getValue(), "purge_at")));
    }

    private static long number(Map<String, AttributeValue> row, String attribute) {
      return Long.parseLong(Objects.requireNonNull(row.get(attribute)).n());
    }

    private static Set<String> of(String prefix, Set<String> partitionKeys) {
      return partitionKeys.stream()
          .filter(key -> key.startsWith(prefix))
          .collect(Collectors.toSet());
    }

    private Map<String, Map<String, AttributeValue>> raw(String table, Set<String> partitionKeys) {
      if (partitionKeys.isEmpty()) {
        return Map.of();
      }
      var keys =
          partitionKeys.stream().map(key -> Map.of("pk", AttributeValue.fromS(key))).toList();
      return client
          .batchGetItem(get ->
              get.requestItems(
                  Map.of(
                      table, KeysAndAttributes.builder().keys(keys).consistentRead(true).build())))
          .responses()
          .getOrDefault(table, List.of())
          .stream()
          .collect(Collectors.toMap(row -> Objects.requireNonNull(row.get("pk")).s(), row -> row));
    }

    @Override
    public void close() {
      database.shutdown();
    }
  }
}
