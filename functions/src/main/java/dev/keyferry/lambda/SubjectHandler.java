package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.Subject;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// An operator disables a subject, or lifts that: all of its keys are dead meanwhile. It has no
/// route; IAM says who may invoke it.
public final class SubjectHandler
    implements RequestHandler<Map<String, String>, Map<String, String>> {
  private final KeyStore keys;
  private final InstantSource clock;

  public SubjectHandler() {
    this(Wiring.ofEnvironment());
  }

  public SubjectHandler(Wiring wiring) {
    keys = wiring.keys();
    clock = wiring.clock();
  }

  /// @param event `{"action": "disable" | "enable", "subject": "…"}`
  @Override
  public Map<String, String> handleRequest(Map<String, String> event, Context context) {
    var subject = new Subject(require(event, "subject"));
    var disabled =
        switch (require(event, "action")) {
          case "disable" -> true;
          case "enable" -> false;
          case String other -> throw new IllegalArgumentException("no such action: " + other);
        };
    keys.setDisabled(subject, disabled, clock.instant());
    return Map.of("subject", subject.value(), "status", disabled ? "disabled" : "enabled");
  }

  private static String require(Map<String, String> event, String member) {
    return Optional.ofNullable(event.get(member))
        .filter(value -> !value.isBlank())
        .orElseThrow(() -> new IllegalArgumentException("the event lacks " + member));
  }
}
