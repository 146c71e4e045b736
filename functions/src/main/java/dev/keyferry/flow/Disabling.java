package dev.keyferry.flow;

import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.KeyStore.Disablement;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;

/// An operator disables a subject, which ends everything that belongs to the subject until the
/// operator enables it again.
///
/// A write replaces only the state that it saw, so a request that the network delayed cannot undo a
/// later one. No approval from before an enabling becomes a key, because the subject may have been
/// disabled when it was given. docs/decisions/0023.
public final class Disabling {
  private final KeyStore keys;
  private final Environment environment;

  public Disabling(KeyStore keys, Environment environment) {
    this.keys = keys;
    this.environment = environment;
  }

  /// @return whether this call changed it
  public boolean disable(Subject subject) {
    return set(subject, true, Kind.SUBJECT_DISABLED).made();
  }

  /// Enables the subject in two steps: [#beginEnabling] and [#finishEnabling]. If the second one
  /// fails, another call completes it.
  ///
  /// @return whether this call changed it
  public boolean enable(Subject subject) {
    var begun = beginEnabling(subject);
    finishEnabling(subject, begun.row());
    return begun.made();
  }

  /// @param made whether this call changed the row
  /// @param row the row as it is now
  public record Change(boolean made, Disablement row) {}

  /// Makes the subject's keys work again. Until the enabling is finished, no approval becomes a
  /// key.
  public Change beginEnabling(Subject subject) {
    return set(subject, false, Kind.SUBJECT_ENABLED);
  }

  /// Finishes the enabling of this row. This reads the clock after the row was written, so the time
  /// of the enabling is later than every screen that the disabled subject approved.
  public void finishEnabling(Subject subject, Disablement row) {
    var now = environment.now();
    if (row.isBeingEnabled()) {
      keys.finishEnabling(subject, row.by().orElseThrow(), now);
    }
  }

  private Change set(Subject subject, boolean disabled, Kind kind) {
    var now = environment.now();
    var seen = keys.findDisablement(subject);
    while (seen.disabled() != disabled) {
      // Each write has its own name, so that a late write never finds a name that it saw before.
      switch (keys.toggleDisabled(subject, seen, now, environment.newAttempt())) {
        case Applied<Disablement>(var row) -> {
          environment.record(Event.of(kind, subject));
          return new Change(true, row);
        }
        case Refused<Disablement>(var found) -> seen = found.orElse(Disablement.NEVER);
      }
    }
    return new Change(false, seen);
  }
}
