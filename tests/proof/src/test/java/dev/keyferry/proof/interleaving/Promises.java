package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.Subject;
import dev.keyferry.proof.interleaving.ActorState.ReceivedKey;
import dev.keyferry.proof.interleaving.ActorState.ReportedChange;
import dev.keyferry.proof.interleaving.Request.Asks;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The promises of the design that an unlucky order of steps could break. Each method returns the
/// broken promise, if there is one.
final class Promises {
  private final Scenario scenario;
  private final boolean areRowsWatched;
  private final Map<Claim, Instant> screens = new HashMap<>();
  private final RowPromises rows;
  private final ResponsePromises answers;
  private final LaterPromises later;

  /// @param areRowsWatched whether the promises about rows count, and not only those about
  ///     responses
  Promises(Scenario scenario, StoreModel stores, boolean areRowsWatched) {
    this.scenario = scenario;
    this.areRowsWatched = areRowsWatched;
    later = new LaterPromises(scenario, stores);
    rows = new RowPromises(later);
    answers = new ResponsePromises(scenario.login(), later);
  }

  /// Checks a world, independently of the step that led to it.
  Optional<String> broken(World world) {
    return later.broken(world);
  }

  /// Checks one call and its effect.
  Optional<String> broken(World before, ActorState.Waiting by, World after) {
    if (!(by.call() instanceof Call.ToStore call)) {
      return Optional.empty();
    }
    if (!isTimely(call, by.begun())) {
      return Optional.of("rule 5: a call has another time than the start of its request");
    }
    if (!isOfItsScreen(call, by.begun())) {
      return Optional.of("an approval has another time than the opening of its screen");
    }
    if (before.sameRows(after)) {
      return Optional.empty();
    }
    if (by.request().asks() instanceof Asks.Stranger) {
      return Optional.of("a stranger changed a row");
    }
    return areRowsWatched ? rows.broken(before, call, by, after) : Optional.empty();
  }

  /// Conditions compare with the time in the call, so that time and every time that the call stores
  /// must be the one at which the request began.
  private static boolean isTimely(Call.ToStore call, Instant begun) {
    var hour = begun.truncatedTo(ChronoUnit.HOURS);
    var isUse = call.isNamed("markUsed") || call.isNamed("confirm");
    var stored =
        Stream.concat(
            call.argument(Redemption.class).map(Redemption::at).stream(),
            Stream.concat(
                call.isNamed("renew")
                    ? Stream.of(((Generation) call.arguments().getLast()).issuedAt())
                    : Stream.empty(),
                call.argument(Key.class).map(key -> key.generation().issuedAt()).stream()));
    return Stream.concat(stored, call.argument(Instant.class).stream())
        .allMatch((isUse ? hour : begun)::equals);
  }

  /// A sign-out revokes approvals on screens that were open before it. So an approval must have the
  /// time at which its screen was opened.
  private boolean isOfItsScreen(Call.ToStore call, Instant begun) {
    var claim = call.argument(Claim.class);
    if (call.isNamed("claim")) {
      claim.ifPresent(screen -> screens.put(screen, begun));
    }
    return claim
        .map(screens::get)
        .flatMap(opened ->
            call.argument(Approval.class).map(approval -> approval.since().equals(opened)))
        .orElse(true);
  }

  /// Rule of docs/decisions/0001: a write whose response was lost recognizes its own work while
  /// that work is still there.
  Optional<String> forgotten(ActorState.Waiting asked, CallResult answer, World now) {
    var done =
        asked.answers().isEmpty()
            ? Optional.<World>empty()
            : switch (asked.answers().getLast()) {
              case CallResult.Lost(var left) -> left;
              case CallResult.Again(var left) -> left;
              case CallResult.With _, CallResult.Outage _ -> Optional.<World>empty();
            };
    var knows = answer instanceof CallResult.With(var value) && StoreModel.isDone(value);
    return done.filter(now::sameRows).isPresent() && !knows
        ? Optional.of("0001: a write did not recognize its own work")
        : Optional.empty();
  }

  /// A call that arrives twice takes effect once. But the last claimant wins, so a claim may take
  /// effect again.
  Optional<String> twice(World before, Call call, boolean isDone, World after) {
    var isExempt = call instanceof Call.ToStore store && store.isNamed("claim");
    return isDone && !isExempt && !before.sameRows(after)
        ? Optional.of("a call that arrived twice took effect twice")
        : Optional.empty();
  }

  /// Checks a response.
  Optional<String> broken(ActorState.Waiting asked, Response response, World before, World now) {
    return answers.broken(asked, response, before, now);
  }

  /// A change that was reported as done stays done.
  Optional<String> undone(World now, List<ReportedChange> reported) {
    return reported.stream()
        .filter(each -> !each.change().isDone().test(now, each.begun()))
        .map(each -> "a change was reported as done and was undone")
        .findFirst();
  }

  /// At the end: a code or refresh token that was spent gave someone a key, unless a response was
  /// lost.
  Optional<String> lost(World now, List<ReceivedKey> received, List<Response> responses) {
    var isSpent =
        now.keys().values().stream()
            .anyMatch(key ->
                Optional.ofNullable(scenario.start().keys().get(key.id()))
                    .filter(was -> was.generation().seal().equals(key.generation().seal()))
                    .isEmpty());
    return isSpent && received.isEmpty() && !responses.contains(Response.OUTAGE)
        ? Optional.of("a code or token was spent, no response was lost, and no request got the key")
        : Optional.empty();
  }

  /// Equal requests get equal responses, and an issued key is accepted for as long as it should be.
  Optional<String> broken(World now, List<ReceivedKey> received) {
    for (int i = 0; i < received.size(); i++) {
      for (int j = 0; j < i; j++) {
        var one = received.get(i);
        var other = received.get(j);
        var same = one.generation() == other.generation();
        if (same && !one.body().equals(other.body()) && later.areBothGood(now, one, other)) {
          return Optional.of("rule 1: two keys for one approval, or for one refresh token");
        }
        if (same && one.isOfCode() && !one.name().equals(other.name())) {
          return Optional.of("a key was given to two requests with different Idempotency-Keys");
        }
      }
    }
    for (var each : received) {
      var broken = later.broken(now, each);
      if (broken.isPresent()) {
        return broken;
      }
    }
    return Optional.empty();
  }

  /// Rule 5, written independently of the code.
  static boolean isExpired(Grant grant, Instant at) {
    return at.compareTo(grant.expiresAt()) >= 0;
  }

  /// Whether an approval of that time is still valid: a sign-out ends every approval that is not
  /// younger.
  static boolean stands(World world, Subject subject, Instant agreedAt) {
    return stands(world.standing(subject), agreedAt);
  }

  /// Whether an approval may become a key. Its user must not have been disabled since it was given,
  /// or when it was given. As no row says that, an enabling ends every approval that is not younger.
  static boolean mayBecomeKey(World world, Claim claim, Approval approval) {
    return !world.barred().contains(claim)
        && stands(world, claim.subject(), approval.since())
        && world
            .enabledAt(claim.subject())
            .filter(at -> at.compareTo(approval.since()) >= 0)
            .isEmpty();
  }

  static boolean stands(Standing standing, Instant agreedAt) {
    return !standing.disabled()
        && standing.signedOutAt().filter(at -> at.compareTo(agreedAt) >= 0).isEmpty();
  }

  static boolean isOpen(Grant grant) {
    return grant.state() instanceof Grant.State.Pending
        || grant.state() instanceof Grant.State.Claimed;
  }
}
