package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.TestClock;
import dev.keyferry.flow.TestKeyHasher;
import dev.keyferry.limits.InMemoryLimitStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/// All functions over in-memory stores, without any randomness: two instances give the same
/// responses to the same events. Functions have the names of their samples in `events/`.
final class InMemoryFunctions {
  /// The time at which the samples were sent.
  static final Instant NOW = Instant.parse("2026-11-21T08:00:03Z");

  /// A client that may introspect.
  static final String INTROSPECTING = "reports-api";

  static final String SECRET = "the-secret-of-the-reports-api";

  private static final String SECRET_SHA256 =
      "85e4997524c134118170177be4babd283aab7b48c27b8844fbcd31b58bf268d6";

  private static final Map<String, String> SETTINGS =
      Map.of(
          "STACK_NAME", "in-memory",
          "HASH_VERSION", "1",
          "AUTHORIZATIONS_PER_MINUTE", "30",
          "WRONG_CODES_OF_SUBJECT", "5",
          "WRONG_CODES_OF_NETWORK", "10",
          "KEY_PREFIX", "kf",
          "NAME_CLAIM", "name",
          "EMAIL_CLAIM", "email",
          "ORGANISATION_CLAIM", "org_id");

  /// The settings that only the page needs. The page has no state and is slow to construct.
  private static final Map<String, String> PAGE_SETTINGS =
      Map.of("ACCENT_COLOR", "#0b6e7f", "BRAND_NAME", "Keyferry", "SUPPORT_URL", "");

  private static final Clients CLIENTS =
      Clients.ofArtifact().with(Client.confidential(INTROSPECTING, "Reports", SECRET_SHA256, true));

  private static final List<Function<Wiring, RequestHandler<?, ?>>> KINDS =
      List.of(
          AuthorizeHandler::new,
          PollHandler::new,
          ClaimHandler::new,
          ApproveHandler::new,
          DenyHandler::new,
          BrowserHandler::new,
          RevokeHandler::new,
          IntrospectHandler::new,
          KeysHandler::new,
          SubjectHandler::new,
          KeyAuthorizer::new);

  private static final PageHandler PAGE = new PageHandler(wiring(PAGE_SETTINGS, new ArrayList<>()));

  private final Map<String, RequestHandler<?, ?>> functions = new TreeMap<>();
  private final List<String> audit = new ArrayList<>();

  InMemoryFunctions() {
    var wiring = wiring(SETTINGS, audit);
    KINDS.forEach(kind -> add(kind.apply(wiring)));
    add(PAGE);
  }

  /// Adds the handler of each route, so that a test can also send a route's event to another one.
  private void add(RequestHandler<?, ?> function) {
    if (function instanceof RoutesHandler several) {
      several.handlers().forEach(this::add);
    } else {
      ((Sampled) function).samples().forEach(name -> functions.put(name, function));
    }
  }

  /// In alphabetical order.
  List<String> names() {
    return List.copyOf(functions.keySet());
  }

  /// Passes a function's exception on. On Lambda the invocation fails, and the gateway answers 500.
  String answer(String function, String event) {
    var handler = Optional.ofNullable(functions.get(function)).orElseThrow();
    var answer = new ByteArrayOutputStream();
    EventSerializer.invoke(
        handler,
        new ByteArrayInputStream(event.getBytes(UTF_8)),
        answer,
        Prime.contextOf(new NoLog()));
    return answer.toString(UTF_8);
  }

  /// All lines of the audit log.
  List<String> audit() {
    return Collections.unmodifiableList(audit);
  }

  private static Wiring wiring(Map<String, String> settings, List<String> audit) {
    var keys = new InMemoryKeyStore();
    var ports =
        new InMemoryPorts(
            new InMemoryGrantStore(keys), keys, new InMemoryLimitStore(), TestKeyHasher::new);
    return new Wiring(
        new Host(settings, new TestClock(NOW), new Random(8628), audit::add), CLIENTS, ports);
  }
}
