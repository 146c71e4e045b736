package dev.keyferry.proof.interleaving;

import java.util.EnumSet;
import java.util.Set;

/// What can happen to a request on its way.
enum Fault {
  NONE(""),
  THROTTLED(" [throttled]"),
  /// It is late: who asked looks what became of it first, and it may arrive at any time after that.
  LOST_BEFORE(" [held up on the way there]"),
  LOST_AFTER(" [done, the answer lost]"),
  SENT_AGAIN(" [done, the answer lost, sent again]"),
  /// A copy is under way and may arrive at any time; nobody waits for its answer.
  DUPLICATED(" [duplicated]"),
  /// It was done, and the function that asked for it is no more.
  CRASHED(" [done, then a crash]");

  static final Set<Fault> ANY = EnumSet.complementOf(EnumSet.of(NONE));

  private final String words;

  Fault(String words) {
    this.words = words;
  }

  /// Whether something is still under way when the caller goes on.
  boolean leavesCopy() {
    return this == DUPLICATED || this == LOST_BEFORE;
  }

  boolean canHitRead() {
    return this == NONE || this == THROTTLED;
  }

  boolean canHitAnyWrite() {
    return this != LOST_BEFORE && this != LOST_AFTER;
  }

  @Override
  public String toString() {
    return words;
  }
}
