package dev.keyferry.lambda;

import java.util.List;
import java.util.Locale;

/// A handler with sample events in `events/`, which [Prime] answers before a snapshot.
interface Sampled {
  /// The names of the sample events. `KeyAuthorizer` has `key-authorizer`.
  default List<String> samples() {
    var name = getClass().getSimpleName().replaceFirst("Handler$", "");
    return List.of(name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT));
  }
}
