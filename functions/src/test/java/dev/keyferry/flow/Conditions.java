package dev.keyferry.flow;

import java.util.Set;

/// The conditions that an in-memory store checks: all of them, as the real stores do, or all but
/// some, for a test that shows their purpose.
public final class Conditions {
  public static final Conditions ALL = new Conditions(Set.of(), true);

  private final Set<Condition> dropped;
  private final boolean writable;

  private Conditions(Set<Condition> dropped, boolean writable) {
    this.dropped = dropped;
    this.writable = writable;
  }

  public static Conditions without(Set<Condition> dropped) {
    return new Conditions(Set.copyOf(dropped), true);
  }

  /// Only checks whether a write's work was done: the strong read by which a write learns its
  /// outcome. No write's condition holds.
  public Conditions onlyResolving() {
    return new Conditions(dropped, false);
  }

  boolean mayWrite() {
    return writable;
  }

  /// Whether this part of a condition holds. A dropped part always holds.
  boolean hold(Condition part, boolean holds) {
    return holds || isDropped(part);
  }

  /// Whether the row bears this write's mark. A dropped mark is never seen.
  boolean isOwn(Condition mark, boolean there) {
    return there && !isDropped(mark);
  }

  private boolean isDropped(Condition part) {
    return !dropped.isEmpty() && dropped.contains(part);
  }
}
