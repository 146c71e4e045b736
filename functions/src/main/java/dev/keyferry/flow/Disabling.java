package dev.keyferry.flow;

import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.KeyStore.Disablement;
import dev.keyferry.flow.Write.Applied;
import dev.keyferry.flow.Write.Refused;

/// An operator ends all that is a subject's for as long as it is disabled, and lifts that.
///
/// What is written replaces what was seen and nothing later, so a request that the network held
/// back cannot undo what was asked for since. docs/decisions/0023.
public final class Disabling {
  private final KeyStore keys;
  private final Environment environment;

  public Disabling(KeyStore keys, Environment environment) {
    this.keys = keys;
    this.environment = environment;
  }

  /// @return whether it is this call that changed it
  public boolean disable(Subject subject) {
    return set(subject, true, Kind.SUBJECT_DISABLED);
  }

  /// @return whether it is this call that changed it
  public boolean enable(Subject subject) {
    return set(subject, false, Kind.SUBJECT_ENABLED);
  }

  private boolean set(Subject subject, boolean disabled, Kind kind) {
    var now = environment.now();
    var seen = keys.findDisablement(subject);
    while (seen.disabled() != disabled) {
      // Each write has a name of its own: a late one must find no name again that it once saw.
      switch (keys.reverse(subject, seen, now, environment.newAttempt())) {
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
