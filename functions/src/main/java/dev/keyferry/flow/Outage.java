package dev.keyferry.flow;

import java.util.Map;

/// A store or the key-management service did not answer, or gave an answer that decides nothing.
/// This is never a verdict: the request may be repeated.
///
/// It has neither a message nor a cause, because an SDK's message may quote a key.
public final class Outage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, Object> facts;
  private final boolean refusal;
  private final boolean outcomeUnknown;

  /// @param facts for the operator's log, none of them secret
  /// @param refusal whether the service answered, and its answer was no
  public Outage(Map<String, Object> facts, boolean refusal) {
    this(facts, refusal, false);
  }

  private Outage(Map<String, Object> facts, boolean refusal, boolean outcomeUnknown) {
    this.facts = Map.copyOf(facts);
    this.refusal = refusal;
    this.outcomeUnknown = outcomeUnknown;
  }

  /// The same outage, of a write that may have taken effect.
  public Outage ofWrite() {
    return new Outage(facts, refusal, true);
  }

  /// Whether a write may have taken effect, so that only the same request can find out.
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }

  public Map<String, Object> facts() {
    return facts;
  }

  /// Whether the service answered, and its answer was no: the key is disabled, or we may not use
  /// it.
  public boolean isRefusal() {
    return refusal;
  }
}
