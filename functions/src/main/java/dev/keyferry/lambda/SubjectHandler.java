package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.keyferry.flow.Disabling;
import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.flow.Subject;
import java.util.Map;
import java.util.Set;

/// An operator disables a subject, so that none of its keys work until it is enabled again, or
/// signs it out everywhere, for good. The function has no route. IAM decides who may invoke it.
public final class SubjectHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>>, Sampled {
  private static final Set<String> MEMBERS = Set.of("action", "subject");

  private final Disabling disabling;
  private final LinkedDevices devices;

  public SubjectHandler() {
    this(Wiring.ofEnvironment());
  }

  public SubjectHandler(Wiring wiring) {
    disabling = wiring.disabling();
    devices = wiring.linkedDevices();
  }

  /// @param event `{"action": "disable" | "enable" | "sign_out", "subject": "…"}`
  /// @return what holds now, and whether this invocation changed it
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    if (!MEMBERS.containsAll(event.keySet())) {
      throw new IllegalArgumentException("the event has members other than action and subject");
    }
    var subject = subject(event);
    var action = require(event, "action");
    return OutageLog.orFail(
        context.getLogger(),
        () ->
            switch (action) {
              case "disable" -> answer(subject, "disabled", disabling.disable(subject));
              case "enable" -> answer(subject, "enabled", disabling.enable(subject));
              case "sign_out" -> {
                devices.signOut(subject);
                yield answer(subject, "signed_out", true);
              }
              default ->
                  throw new IllegalArgumentException(
                      "the action must be disable, enable, or sign_out");
            });
  }

  private static Map<String, Object> answer(Subject subject, String status, boolean changed) {
    return Map.of("subject", subject.value(), "status", status, "changed", changed);
  }

  private static Subject subject(Map<String, Object> event) {
    return Subject.parse(require(event, "subject"))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "the subject must be 1 to 255 characters without control characters"));
  }

  private static String require(Map<String, Object> event, String member) {
    if (event.get(member) instanceof String value && !value.isBlank()) {
      return value;
    }
    throw new IllegalArgumentException("the event has no member " + member);
  }
}
