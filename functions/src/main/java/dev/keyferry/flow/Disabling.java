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
/// later one. docs/decisions/0023.
public final class Disabling {
  private final KeyStore keys;
  private final Environment environment;

  public Disabling(KeyStore keys, Environment environment) {
    this.keys = keys;
    this.environment = environment;
  }

  /// @return whether this call changed it
  public boolean disable(Subject subject) {
    return set(subject, true, Kind.SUBJECT_DISABLED);
  }

  /// @return whether this call changed it
  public boolean enable(Subject subject) {
    return set(subject, false, Kind.SUBJECT_ENABLED);
  }

  private boolean set(Subject subject, boolean disabled, Kind kind) {
    var now = environment.now();
    var seen = keys.findDisablement(subject);
    while (seen.disabled() != disabled) {
      // Each write has its own name, so that a late write never finds a name that it saw before.
      switch (keys.toggleDisabled(subject, seen, now, environment.newAttempt())) {
        case Applied<Disablement> _ -> {
          environment.record(Event.of(kind, subject));
          return true;
        }
        case Refused<Disablement>(var found) -> seen = found.orElse(Disablement.NEVER);
      }
    }
    return false;
  }
}
