package dev.keyferry.local;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/// Every secret that any test of this run saw or made, and everything that must not contain one.
final class Secrets {
  static final Set<String> ALL = ConcurrentHashMap.newKeySet();
  static final Queue<String> LOG = new ConcurrentLinkedQueue<>();
  static final Queue<String> ERROR_BODIES = new ConcurrentLinkedQueue<>();

  private static final Pattern IN_JSON =
      Pattern.compile(
          "\"(?:device_code|user_code|access_token|refresh_token|approval_nonce)\":\"([^\"]+)\"");
  private static final Pattern IN_FORM =
      Pattern.compile("(?:code_verifier=|refresh_token=(?=kfr_))([^&]+)");

  private Secrets() {}

  static void sent(Api.Call call) {
    IN_FORM.matcher(call.body()).results().forEach(found -> ALL.add(found.group(1)));
    List.of("idempotency-key", "authorization")
        .forEach(name -> {
          var value = call.headers().getOrDefault(name, "").replaceFirst("^Bearer ", "");
          if (!value.isEmpty()) {
            ALL.add(value);
          }
        });
  }

  static void answered(Reply reply) {
    if (reply.status() >= 400) {
      ERROR_BODIES.add(reply.body());
    }
    IN_JSON
        .matcher(reply.body())
        .results()
        .map(found -> found.group(1))
        .forEach(secret -> {
          ALL.add(secret);
          // A user code without its dash is as good as with it.
          if (secret.length() == 9) {
            ALL.add(secret.replace("-", ""));
          }
        });
  }
}
