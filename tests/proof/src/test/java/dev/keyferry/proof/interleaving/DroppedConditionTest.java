package dev.keyferry.proof.interleaving;

import static dev.keyferry.flow.Condition.BAR_CLAIMANT;
import static dev.keyferry.flow.Condition.BAR_NONCE;
import static dev.keyferry.flow.Condition.CONFIRM_LATER;
import static dev.keyferry.flow.Condition.COUNT_CHALLENGE;
import static dev.keyferry.flow.Condition.COUNT_CLIENT;
import static dev.keyferry.flow.Condition.COUNT_FEW_WRONG;
import static dev.keyferry.flow.Condition.COUNT_SECRET;
import static dev.keyferry.flow.Condition.COUNT_UNEXPIRED;
import static dev.keyferry.flow.Condition.FINISH_ONCE;
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
import dev.keyferry.proof.interleaving.Explorer.Counterexample;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests which promise each condition of the stores protects: without the condition, some order
/// breaks a promise. Prints a shortest such order.
final class DroppedConditionTest {
  private static final String CHECKED_BEFORE =
      "the flow checks the same on the row that it reads before it writes, and the checked value "
          + "never changes while the row exists: only a person with write access to the table "
          + "changes it. GrantStoreContract and KeyStoreContract show that the condition holds";

  /// The conditions that no order needs while only the flow writes. All of them can be dropped at
  /// once. They protect against other writers and against changes of the flow.
  private static final Map<Condition, String> EXPLAINED =
      Map.ofEntries(
          Map.entry(
              SLOW_DOWN_ONCE,
              "the longer interval is set, not added, and SLOW_DOWN_WINDOW ensures that it "
                  + "was computed in this window, so writing it twice has no effect. Saves the second write"),
          Map.entry(
              FINISH_ONCE,
              "each time at which an enabling is finished was read after the enabling began, so any "
                  + "of them is right. Keeps the first one, so that an approval that counts keeps counting"),
          Map.entry(BAR_CLAIMANT, "an approval keeps its claim: CLAIM_PENDING, APPROVE_PENDING"),
          Map.entry(BAR_NONCE, "see BAR_CLAIMANT"),
          Map.entry(COUNT_CLIENT, CHECKED_BEFORE),
          Map.entry(COUNT_CHALLENGE, CHECKED_BEFORE),
          Map.entry(COUNT_SECRET, CHECKED_BEFORE),
          Map.entry(COUNT_UNEXPIRED, CHECKED_BEFORE + ", at the same time"),
          Map.entry(REDEEM_CLIENT, CHECKED_BEFORE),
          Map.entry(REDEEM_CHALLENGE, CHECKED_BEFORE),
          Map.entry(REDEEM_SECRET, CHECKED_BEFORE),
          Map.entry(REDEEM_UNEXPIRED, CHECKED_BEFORE + ", at the same time"),
          Map.entry(
              REDEEM_KEY_ABSENT,
              "a key is stored in the transaction that consumes its grant, and REDEEM_APPROVED "
                  + "lets that happen once; protects against an old row that was restored"),
          Map.entry(RENEW_CLIENT, CHECKED_BEFORE),
          Map.entry(RENEW_OFFLINE, CHECKED_BEFORE),
          Map.entry(RENEW_LINKED, CHECKED_BEFORE + ", at the same time"),
          Map.entry(
              RENEW_NOT_IDLE,
              CHECKED_BEFORE
                  + "; it changes only with the generation, which RENEW_REFRESH_HASH checks"),
          Map.entry(
              RENEW_SEAL,
              "RENEW_REFRESH_HASH checks the generation too; protects against an edited row. One of "
                  + "the two is needed, as the test below shows"));

  /// Each of these is sufficient if the other is dropped.
  private static final Set<Condition> EITHER = EnumSet.of(RENEW_REFRESH_HASH, RENEW_SEAL);

  /// Without these, a row changes illegally but every response is right.
  private static final Set<Condition> UNOBSERVED =
      EnumSet.of(
          // The interval of a code that is decided, or one that is 5 s too long.
          SLOW_DOWN_PENDING,
          SLOW_DOWN_WINDOW,
          // A fourth wrong number, stored after three that denied the code.
          COUNT_FEW_WRONG,
          // An hour that is shown to people.
          MARK_USED_LATER,
          CONFIRM_LATER);

  static Stream<Condition> observed() {
    return Stream.of(Condition.values())
        .filter(condition ->
            !EXPLAINED.containsKey(condition)
                && !EITHER.contains(condition)
                && !UNOBSERVED.contains(condition));
  }

  @ParameterizedTest
  @MethodSource("observed")
  void without_it_some_response_is_wrong(Condition condition) {
    assertBroken(condition, broken(Scenarios.SMALL.stream(), EnumSet.of(condition), false));
  }

  @ParameterizedTest
  @FieldSource("UNOBSERVED")
  void without_it_some_row_changes_illegally(Condition condition) {
    assertBroken(condition, broken(EnumSet.of(condition)));
  }

  private static void assertBroken(Condition condition, Optional<Counterexample> broken) {
    assertThat(broken).isPresent();
    System.out.printf("without %s: %s%n", condition, broken.get().getMessage());
  }

  @Test
  void without_the_others_every_response_is_right() {
    assertThat(broken(Scenarios.SMALL.stream().parallel(), UNOBSERVED, false)).isEmpty();
  }

  @Test
  void without_the_explained_conditions_no_order_breaks_a_promise() {
    assertThat(broken(EXPLAINED.keySet())).isEmpty();
  }

  @Test
  void one_of_the_two_conditions_on_the_generation_is_needed() {
    var refreshed = Scenarios.small().filter(scenario -> !scenario.login().chain().isEmpty());
    assertThat(broken(refreshed, EnumSet.of(RENEW_REFRESH_HASH), true)).isEmpty();
    assertThat(broken(EITHER)).isPresent();
  }

  private static Optional<Counterexample> broken(Set<Condition> dropped) {
    return broken(Scenarios.small(), dropped, true);
  }

  /// @param areRowsWatched whether the promises about rows count, and not only those about
  ///     responses
  private static Optional<Counterexample> broken(
      Stream<Scenario> scenarios, Set<Condition> dropped, boolean areRowsWatched) {
    var conditions = Conditions.without(dropped);
    return scenarios
        .map(scenario ->
            new Explorer(scenario, new Transitions(scenario, conditions, Flaw.NONE, areRowsWatched))
                .shortestCounterexample())
        .flatMap(Optional::stream)
        .findFirst();
  }
}
