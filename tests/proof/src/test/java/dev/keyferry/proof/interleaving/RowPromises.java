package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Pace;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Subject;
import dev.keyferry.proof.interleaving.Request.Asks;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The legal changes of rows in one step. This looks only at rows, and is written independently of
/// the stores' conditions.
final class RowPromises {
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofSeconds(5);

  private final LaterPromises later;

  RowPromises(LaterPromises later) {
    this.later = later;
  }

  Optional<String> broken(World before, Call.ToStore call, ActorState.Waiting by, World after) {
    for (var entry : after.grants().entrySet()) {
      var was = before.grants().get(entry.getKey());
      if (was != null && !was.equals(entry.getValue())) {
        var broken = broken(before, call, by.begun(), was, entry.getValue());
        if (broken.isPresent()) {
          return broken;
        }
      }
    }
    for (var entry : before.keys().entrySet()) {
      var is = after.keys().get(entry.getKey());
      if (is == null) {
        return Optional.of("a key's row is gone");
      }
      if (!is.equals(entry.getValue())) {
        var broken = broken(call, by, entry.getValue(), is);
        if (broken.isPresent()) {
          return broken;
        }
      }
    }
    return brokenStandings(before, call, after);
  }

  private static Optional<String> broken(
      World before, Call.ToStore call, Instant begun, Grant was, Grant is) {
    if (was.isPurgeable(begun) && call.isNamed("create")) {
      return Optional.empty();
    }
    if (!sameRequest(was, is)) {
      return Optional.of("a grant's request changed");
    }
    if (Promises.isExpired(was, begun)) {
      return Optional.of(
          "rule 5: a grant was changed by a request that began at its expiry or later");
    }
    if (!was.pace().equals(is.pace())) {
      return was.state().equals(is.state())
          ? brokenPace(was, is.pace(), call, begun)
          : Optional.of("a decision changed the polling interval");
    }
    return brokenState(before, call, was, is);
  }

  private static boolean sameRequest(Grant was, Grant is) {
    return was.request().equals(is.request())
        && was.deviceSecret().equals(is.deviceSecret())
        && was.expiresAt().equals(is.expiresAt())
        && was.seal().equals(is.seal());
  }

  private static Optional<String> brokenPace(
      Grant grant, Pace is, Call.ToStore call, Instant begun) {
    var was = grant.pace();
    if (!Promises.isOpen(grant)) {
      return Optional.of("the polling interval changed after the decision");
    }
    if (!was.nextPollAt().equals(is.nextPollAt())) {
      var due = was.nextPollAt().minus(Pace.TOLERANCE);
      return call.isNamed("poll")
              && !begun.isBefore(due)
              && is.interval().equals(was.interval())
              && is.nextPollAt().equals(begun.plus(was.interval()))
          ? Optional.empty()
          : Optional.of("a poll that was not due moved the window");
    }
    var longer = was.interval().plus(STEP);
    var slower = longer.compareTo(LONGEST_INTERVAL) < 0 ? longer : LONGEST_INTERVAL;
    return is.interval().equals(slower)
            && is.slowedAt().equals(Optional.of(is.nextPollAt()))
            && !was.slowedAt().equals(Optional.of(was.nextPollAt()))
        ? Optional.empty()
        : Optional.of("more than one slow_down in a window, or a step other than 5 s");
  }

  private static Optional<String> brokenState(
      World before, Call.ToStore call, Grant was, Grant is) {
    return switch (is.state()) {
      case Pending _ -> Optional.of("a grant became pending again");
      case Claimed _ ->
          Promises.isOpen(was) ? Optional.empty() : Optional.of("a decided grant was claimed");
      case Approved approved -> brokenApproval(was, approved);
      case Denied denied -> brokenDenial(call, was, denied);
      case Consumed consumed -> brokenMint(before, was, consumed);
    };
  }

  private static Optional<String> brokenApproval(Grant was, Approved is) {
    return switch (was.state()) {
      case Claimed(var claim) when claim.equals(is.claim()) ->
          is.approval().consent().within(was.request())
              ? Optional.empty()
              : Optional.of("more was approved than was requested");
      case Approved(var claim, var approval, var wrong)
          when claim.equals(is.claim()) && approval.equals(is.approval()) ->
          is.wrong().size() == wrong.size() + 1
              ? Optional.empty()
              : Optional.of("wrong numbers were miscounted");
      case Claimed _, Approved _ ->
          Optional.of("an approval that is not the last claimant's own, on the last screen");
      case Pending _ -> Optional.of("approved without a claim");
      case Denied _, Consumed _ -> Optional.of("approved again after the decision");
    };
  }

  private static Optional<String> brokenDenial(Call.ToStore call, Grant was, Denied is) {
    var by = call.argument(Subject.class);
    var claim = was.state().claimed();
    if (was.state() instanceof Denied || was.state() instanceof Consumed) {
      return Optional.of("denied after the decision");
    }
    if (!claim.equals(Optional.of(is.claim()))
        || (by.isPresent() && !claim.map(Grant.Claim::subject).equals(by))) {
      return Optional.of("denied by a user who had not claimed it");
    }
    return call.isNamed("denyBarred") && !(was.state() instanceof Approved)
        ? Optional.of("barred without an approval")
        : Optional.empty();
  }

  private static Optional<String> brokenMint(World before, Grant was, Consumed is) {
    if (!(was.state() instanceof Approved(var claim, var approval, var _))) {
      return Optional.of("rule 1: minted from a grant that is " + name(was.state()));
    }
    if (!claim.equals(is.claim()) || !approval.equals(is.approval())) {
      return Optional.of("the mint changed the approval");
    }
    if (before.barred().contains(claim)) {
      return Optional.of("rule 8: minted from an approval whose user was disabled meanwhile");
    }
    return Promises.mayBecomeKey(before, claim, approval)
        ? Optional.empty()
        : Optional.of(
            "minted after its user had signed out everywhere, or been disabled or enabled");
  }

  private static String name(State state) {
    return state.getClass().getSimpleName();
  }

  private Optional<String> broken(Call.ToStore call, ActorState.Waiting by, Key was, Key is) {
    if (!was.terms().equals(is.terms()) || !was.seal().equals(is.seal())) {
      return Optional.of("the terms of a key changed");
    }
    if (was.revokedAt().isPresent() && !was.revokedAt().equals(is.revokedAt())) {
      return Optional.of("a revocation was repeated or undone");
    }
    if (was.lastUsedAt().isPresent()
        && is.lastUsedAt().filter(later -> later.isAfter(was.lastUsedAt().get())).isEmpty()
        && !was.lastUsedAt().equals(is.lastUsedAt())) {
      return Optional.of("the time of the last use went back");
    }
    if (!was.revokedAt().equals(is.revokedAt())) {
      return brokenRevocation(call, by, was);
    }
    if (was.generation().equals(is.generation())) {
      return Optional.empty();
    }
    return call.isNamed("confirm")
        ? brokenConfirmation(was.generation(), is.generation())
        : brokenRenewal(call, by.begun(), was, is.generation());
  }

  private static Optional<String> brokenConfirmation(Generation was, Generation is) {
    var wasIssued = was.issue();
    var isIssued = is.issue();
    return Samples.withIssue(was, isIssued).equals(is)
            && wasIssued.branch() == isIssued.branch()
            && wasIssued.origin().equals(isIssued.origin())
            && wasIssued.idempotencyKey().equals(isIssued.idempotencyKey())
            && isIssued.confirmed()
        ? Optional.empty()
        : Optional.of("a confirmation changed more than that");
  }

  private static Optional<String> brokenRenewal(
      Call.ToStore call, Instant begun, Key was, Generation is) {
    var old = was.generation();
    var isNext =
        is.number() == old.number() + 1
            && is.previous()
                .orElseThrow()
                .equals(
                    new Key.Previous(
                        old.access(), old.refresh(), old.issuedAt(), old.seal(), is.issuedAt()));
    var isBranch =
        is.number() == old.number()
            && is.previous().equals(old.previous())
            && is.issue().branch() == old.issue().branch() + 1
            && !old.issue().confirmed();
    if (!isNext && !isBranch) {
      return Optional.of("a refresh replaced other tokens than the presented ones");
    }
    if (was.revokedAt().isPresent()) {
      return Optional.of("a revoked key was renewed");
    }
    var since = isNext ? old.issuedAt() : old.previous().orElseThrow().issuedAt();
    if (!begun.isBefore(was.terms().linkedUntil())
        || !begun.isBefore(since.plus(Key.LONGEST_IDLE))
        || !was.terms().renewable()) {
      return Optional.of("a key was renewed that cannot be renewed any more");
    }
    return call.argument(String.class).equals(Optional.of(was.terms().clientId()))
        ? Optional.empty()
        : Optional.of("another client renewed the key");
  }

  private Optional<String> brokenRevocation(Call.ToStore call, ActorState.Waiting by, Key was) {
    var revoker = call.argument(Revoker.class).orElseThrow();
    if (revoker instanceof Revoker.Server
        && by.request().asks() instanceof Asks.Refresh(var token, var _, var _)) {
      var generation = was.generation();
      var isParents =
          generation
              .previous()
              .filter(parent -> later.isToken(parent.refresh(), token))
              .isPresent();
      var isReuse =
          isParents ? generation.issue().confirmed() : !later.isToken(generation.refresh(), token);
      return isReuse
          ? Optional.empty()
          : Optional.of("a refresh that lost a race, or was repeated, revoked its device");
    }
    return Optional.empty();
  }

  private static Optional<String> brokenStandings(World before, Call.ToStore call, World after) {
    for (var entry : after.rows().standings().entrySet()) {
      var was = before.standing(entry.getKey());
      var is = entry.getValue();
      if (was.signedOutAt().isPresent()
          && is.signedOutAt().filter(at -> !at.isBefore(was.signedOutAt().get())).isEmpty()) {
        return Optional.of("a sign-out was undone");
      }
    }
    return call.isNamed("toggleDisabled")
            && before.rows().standings().equals(after.rows().standings())
        ? Optional.of("disable or enable changed a state that was already reached")
        : Optional.empty();
  }
}
