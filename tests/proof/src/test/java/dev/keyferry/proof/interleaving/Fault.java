package dev.keyferry.proof.interleaving;

import java.util.EnumSet;
import java.util.Set;

/// A fault of a call.
enum Fault {
  NONE(""),
  THROTTLED(" [throttled]"),
  /// The call is delayed. The caller first reads whether it took effect, and the call may arrive at
  /// any later time.
  LOST_BEFORE(" [delayed before it arrives]"),
  LOST_AFTER(" [done, response lost]"),
  SENT_AGAIN(" [done, response lost, sent again]"),
  /// A copy is in transit and may arrive at any time. Nothing waits for its response.
  DUPLICATED(" [duplicated]"),
  /// The call took effect, and the function that sent it has died.
  CRASHED(" [done, then a crash]");

  static final Set<Fault> ANY = EnumSet.complementOf(EnumSet.of(NONE));

  private final String description;

  Fault(String description) {
    this.description = description;
  }

  /// Whether a copy of the call is still in transit when the caller continues.
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
    return description;
  }
}
