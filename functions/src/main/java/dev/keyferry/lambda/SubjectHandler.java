package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import dev.keyferry.flow.Audit;
import dev.keyferry.flow.Audit.Event;
import dev.keyferry.flow.Audit.Kind;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.flow.Secret;
import dev.keyferry.flow.Subject;
import dev.keyferry.web.JsonObject;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// An operator disables a subject, so that all of its keys are dead meanwhile, or lifts that; or
/// signs it out everywhere, for good. It has no route; IAM says who may invoke it.
public final class SubjectHandler extends EventHandler {
  private static final Set<String> MEMBERS = Set.of("action", "subject");

  /// OpenID Connect Core §2 allows no more.
  private static final Pattern SUBJECT = Pattern.compile("\\P{Cc}{1,255}");

  private final KeyStore keys;
  private final LinkedDevices devices;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Audit audit;

  public SubjectHandler() {
    this(Wiring.ofEnvironment());
  }

  public SubjectHandler(Wiring wiring) {
    keys = wiring.keys();
    devices = wiring.linkedDevices();
    clock = wiring.clock();
    random = wiring.random();
    audit = wiring.audit();
  }

  /// @param event `{"action": "disable" | "enable" | "sign_out", "subject": "…"}`
  /// @return what holds now, and whether it is this invocation that changed it
  @Override
  Map<String, ?> answer(JsonObject event, LambdaLogger log) {
    if (!MEMBERS.containsAll(event.names())) {
      throw new IllegalArgumentException("the event has other members than action and subject");
    }
    var subject = new Subject(subject(event));
    return switch (require(event, "action")) {
      case "disable" -> setDisabled(subject, true, log);
      case "enable" -> setDisabled(subject, false, log);
      case "sign_out" -> signOut(subject, log);
      default -> throw new IllegalArgumentException("the action is disable, enable or sign_out");
    };
  }

  private Map<String, Object> setDisabled(Subject subject, boolean disabled, LambdaLogger log) {
    var attempt = Secret.drawName(random);
    var changed =
        Outage.orFail(log, () -> keys.setDisabled(subject, disabled, clock.instant(), attempt));
    if (changed) {
      audit.record(Event.of(disabled ? Kind.SUBJECT_DISABLED : Kind.SUBJECT_ENABLED, subject));
    }
    return answer(subject, disabled ? "disabled" : "enabled", changed);
  }

  private Map<String, Object> signOut(Subject subject, LambdaLogger log) {
    return Outage.orFail(
        log,
        () -> {
          devices.signOut(subject);
          return answer(subject, "signed_out", true);
        });
  }

  private static Map<String, Object> answer(Subject subject, String status, boolean changed) {
    return Map.of("subject", subject.value(), "status", status, "changed", changed);
  }

  private static String subject(JsonObject event) {
    var subject = require(event, "subject");
    if (!SUBJECT.matcher(subject).matches()) {
      throw new IllegalArgumentException(
          "the subject is 1 to 255 characters without control characters");
    }
    return subject;
  }

  private static String require(JsonObject event, String member) {
    return event
        .optionalString(member)
        .filter(value -> !value.isBlank())
        .orElseThrow(() -> new IllegalArgumentException("the event lacks " + member));
  }
}
