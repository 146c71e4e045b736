package dev.keyferry.proof.interleaving;

import static dev.keyferry.flow.Condition.BAR_CLAIMANT;
import static dev.keyferry.flow.Condition.BAR_NONCE;
import static dev.keyferry.flow.Condition.COUNT_CHALLENGE;
import static dev.keyferry.flow.Condition.COUNT_CLIENT;
import static dev.keyferry.flow.Condition.COUNT_FEW_WRONG;
import static dev.keyferry.flow.Condition.COUNT_SECRET;
import static dev.keyferry.flow.Condition.COUNT_UNEXPIRED;
import static dev.keyferry.flow.Condition.MARK_USED_LATER;
import static dev.keyferry.flow.Condition.REDEEM_CHALLENGE;
import static dev.keyferry.flow.Condition.REDEEM_CLIENT;
import static dev.keyferry.flow.Condition.REDEEM_KEY_ABSENT;
import static dev.keyferry.flow.Condition.REDEEM_SECRET;
import static dev.keyferry.flow.Condition.REDEEM_UNEXPIRED;
import static dev.keyferry.flow.Condition.RENEW_CLIENT;
import static dev.keyferry.flow.Condition.RENEW_LINKED;
import static dev.keyferry.flow.Condition.RENEW_NOT_IDLE;
import static dev.keyferry.flow.Condition.RENEW_OFFLINE;
import static dev.keyferry.flow.Condition.RENEW_REFRESH_HASH;
import static dev.keyferry.flow.Condition.RENEW_SEAL;
import static dev.keyferry.flow.Condition.SLOW_DOWN_ONCE;
import static dev.keyferry.flow.Condition.SLOW_DOWN_PENDING;
import static dev.keyferry.flow.Condition.SLOW_DOWN_WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Condition;
import dev.keyferry.flow.Conditions;
import dev.keyferry.proof.interleaving.Interleavings.Broken;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What each condition is for: without it, some order breaks a promise. Prints the shortest.
final class DroppedConditionTest {
  private static final String CHECKED_BEFORE =
      "the flow asks the same of the row that it read before it writes, and what it asks about "
          + "never changes while the row is there: only somebody with write access to the table "
          + "changes it. GrantStoreContract and KeyStoreContract show that the condition holds";

  /// Those that no order needs, as long as nobody but the flow writes; all of them can be dropped
  /// at once. They stay for the day when somebody does, or the flow is changed.
  private static final Map<Condition, String> EXPLAINED =
      Map.ofEntries(
          Map.entry(
              SLOW_DOWN_ONCE,
              "the longer interval is written, not added, and SLOW_DOWN_WINDOW sees to it that it "
                  + "was reckoned in this window: twice is as once. Saves the second write"),
          Map.entry(
              BAR_CLAIMANT, "an approval stays with its claim: CLAIM_PENDING, APPROVE_PENDING"),
          Map.entry(BAR_NONCE, "as BAR_CLAIMANT"),
          Map.entry(COUNT_CLIENT, CHECKED_BEFORE),
          Map.entry(COUNT_CHALLENGE, CHECKED_BEFORE),
          Map.entry(COUNT_SECRET, CHECKED_BEFORE),
          Map.entry(COUNT_UNEXPIRED, CHECKED_BEFORE + ", and by the same reading of the clock"),
          Map.entry(REDEEM_CLIENT, CHECKED_BEFORE),
          Map.entry(REDEEM_CHALLENGE, CHECKED_BEFORE),
          Map.entry(REDEEM_SECRET, CHECKED_BEFORE),
          Map.entry(REDEEM_UNEXPIRED, CHECKED_BEFORE + ", and by the same reading of the clock"),
          Map.entry(
              REDEEM_KEY_ABSENT,
              "a key is stored in the transaction that consumes its grant, and REDEEM_APPROVED "
                  + "lets that happen once; guards against an old row that was put back"),
          Map.entry(RENEW_CLIENT, CHECKED_BEFORE),
          Map.entry(RENEW_OFFLINE, CHECKED_BEFORE),
          Map.entry(RENEW_LINKED, CHECKED_BEFORE + ", and by the same reading of the clock"),
          Map.entry(
              RENEW_NOT_IDLE,
              CHECKED_BEFORE + "; it changes with the generation only, as RENEW_REFRESH_HASH sees"),
          Map.entry(
              RENEW_SEAL,
              "RENEW_REFRESH_HASH tells generations apart too; guards against an edited row. Of "
                  + "these two one is needed, as the test below shows"));

  /// Each is enough where the other is dropped.
  private static final Set<Condition> EITHER = EnumSet.of(RENEW_REFRESH_HASH, RENEW_SEAL);

  /// Without these a row changes as none may, and nobody hears anything wrong.
  private static final Set<Condition> UNHEARD =
      EnumSet.of(
          // The interval of a code that is decided, or one that is longer by 5 s than it need be.
          SLOW_DOWN_PENDING,
          SLOW_DOWN_WINDOW,
          // A fourth wrong number is written down with three that denied the code.
          COUNT_FEW_WRONG,
          // An hour that is shown to people.
          MARK_USED_LATER);

  static Stream<Condition> heard() {
    return Stream.of(Condition.values())
        .filter(condition ->
            !EXPLAINED.containsKey(condition)
                && !EITHER.contains(condition)
                && !UNHEARD.contains(condition));
  }

  @ParameterizedTest
  @MethodSource("heard")
  void without_it_somebody_hears_what_is_wrong(Condition condition) {
    assertBroken(condition, broken(Scenarios.SMALL.stream(), EnumSet.of(condition), false));
  }

  @ParameterizedTest
  @FieldSource("UNHEARD")
  void without_it_a_row_changes_as_none_may(Condition condition) {
    assertBroken(condition, broken(EnumSet.of(condition)));
  }

  private static void assertBroken(Condition condition, Optional<Broken> broken) {
    assertThat(broken).isPresent();
    System.out.printf("without %s: %s%n", condition, broken.get().getMessage());
  }

  @Test
  void without_the_others_nobody_hears_what_is_wrong() {
    assertThat(broken(Scenarios.SMALL.stream().parallel(), UNHEARD, false)).isEmpty();
  }

  @Test
  void without_those_that_are_explained_no_order_breaks_a_promise() {
    assertThat(broken(EXPLAINED.keySet())).isEmpty();
  }

  @Test
  void one_of_the_two_that_tell_generations_apart_is_needed() {
    var refreshed = Scenarios.small().filter(scenario -> !scenario.login().chain().isEmpty());
    assertThat(broken(refreshed, EnumSet.of(RENEW_REFRESH_HASH), true)).isEmpty();
    assertThat(broken(EITHER)).isPresent();
  }

  private static Optional<Broken> broken(Set<Condition> dropped) {
    return broken(Scenarios.small(), dropped, true);
  }

  /// @param areRowsWatched or what they look like is nobody's business, but what they mean for those
  ///     who ask
  private static Optional<Broken> broken(
      Stream<Scenario> scenarios, Set<Condition> dropped, boolean areRowsWatched) {
    var conditions = Conditions.without(dropped);
    return scenarios
        .map(scenario ->
            new Interleavings(
                    scenario, new Theatre(scenario, conditions, Flaw.NONE, areRowsWatched))
                .shortestBroken())
        .flatMap(Optional::stream)
        .findFirst();
  }
}
