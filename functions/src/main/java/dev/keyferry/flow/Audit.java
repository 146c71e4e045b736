package dev.keyferry.flow;

import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The log of decisions. Each decision is recorded once it holds. docs/events.md explains the
/// events.
public interface Audit {
  void record(Event event);

  /// The kinds of decisions. The names are stable, because alarms and searches depend on them.
  enum Kind {
    AUTHORIZED,
    CLAIMED,
    CLAIM_REFUSED,
    APPROVED,
    DENIED,
    REPORTED,
    CONFIRMATION_REFUSED,
    MINTED,
    MINT_REFUSED,
    REDELIVERED,
    REDELIVERED_ELSEWHERE,
    REFRESHED,
    BRANCHED,
    REPLAY_REFUSED,
    REUSE_DETECTED,
    REVOKED,
    SIGNED_OUT,
    SUBJECT_DISABLED,
    SUBJECT_ENABLED,
    LIMIT_HIT,
    ROW_UNREADABLE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// One decision, and the facts about it. No fact is a secret.
  record Event(Kind kind, Map<String, String> facts) {
    static Event of(Kind kind) {
      return new Event(kind, Map.of());
    }

    static Event of(Kind kind, Grant grant) {
      var event = of(kind).about(grant.locator()).with("client_id", grant.request().clientId());
      return grant.state().claimed().map(Grant.Claim::subject).map(event::about).orElse(event);
    }

    static Event of(Kind kind, Key key) {
      return of(kind)
          .about(key.id())
          .about(key.terms().subject())
          .with("client_id", key.terms().clientId());
    }

    /// An answer was repeated, perhaps to another network than the one that first asked for it.
    static Event ofRepeat(Key key, Caller caller) {
      var same = key.generation().issue().mayShareNetworkWith(caller.origin());
      return of(same ? Kind.REDELIVERED : Kind.REDELIVERED_ELSEWHERE, key);
    }

    public static Event of(Kind kind, Subject subject) {
      return of(kind).about(subject);
    }

    Event about(Locator grant) {
      return with("grant_id", grant.value());
    }

    Event about(KeyId key) {
      return with("key_id", key.value());
    }

    Event about(Subject subject) {
      return with("subject", subject.value());
    }

    Event with(String name, String fact) {
      var more = new TreeMap<>(facts);
      more.put(name, fact);
      return new Event(kind, more);
    }
  }
}
