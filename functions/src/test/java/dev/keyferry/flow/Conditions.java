package dev.keyferry.flow;

import java.util.Set;

/// Which conditions a store in memory asks: all of them, as the real ones do, or all but some, for
/// a test that shows what those are for.
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

  /// No write's condition holds, and each only looks whether its work was done: the strong read by
  /// which a write learns what became of it.
  public Conditions onlyLooking() {
    return new Conditions(dropped, false);
  }

  boolean mayWrite() {
    return writable;
  }

  /// Whether this part of a condition holds; one that was dropped always does.
  boolean hold(Condition part, boolean holds) {
    return holds || isDropped(part);
  }

  /// Whether the row bears the mark of this write; one that was dropped is never seen.
  boolean isOwn(Condition mark, boolean there) {
    return there && !isDropped(mark);
  }

  private boolean isDropped(Condition part) {
    return !dropped.isEmpty() && dropped.contains(part);
  }
}
