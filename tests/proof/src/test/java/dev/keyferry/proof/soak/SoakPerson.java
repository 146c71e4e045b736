package dev.keyferry.proof.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.product.PersistentConnection;
import dev.keyferry.product.PersistentConnection.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// A person with a device, in [Soak], who logs in, uses the key, refreshes it, and revokes it.
/// After no response or a 503, the person repeats the request, as the protocol allows. Every
/// response must be right.
final class SoakPerson {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";

  /// Within this time, a lost response can be repeated. The shortest limit is that of a refresh.
  private static final Duration PATIENCE = Duration.ofSeconds(28);

  private static final Set<Integer> OUTAGE = Set.of(503);

  /// The outcome of a login.
  ///
  /// @param minted whether it has a key, and so a consumed grant
  /// @param opens whether its last access token must be accepted
  record Outcome(boolean minted, String accessToken, boolean opens) {}

  /// One attempt at the current server.
  private interface Try {
    Answer at(PersistentConnection connection, SoakProcess server) throws IOException;
  }

  private final Supplier<SoakProcess> servers;
  private final String name;
  private final Random random;

  SoakPerson(Supplier<SoakProcess> servers, String name, Random random) {
    this.servers = servers;
    this.name = name;
    this.random = random;
  }

  Outcome login() {
    var codes = form("/oauth/device/authorize", "client_id=cli&scope=read+offline_access");
    expect(codes, "200");
    var code = text(codes, "device_code");
    if (random.nextBoolean()) {
      expect(poll(code, UUID.randomUUID()), "400 authorization_pending", "400 slow_down");
    }
    var screen = Map.of("user_code", text(codes, "user_code"));
    var claimed = user("claim", screen);
    expect(claimed, "200");
    var decision =
        Map.of(
            "user_code", text(codes, "user_code"),
            "approval_nonce", text(claimed, "approval_nonce"));
    if (random.nextInt(10) == 0) {
      expect(user("deny", decision), "200");
      expect(poll(code, UUID.randomUUID()), "400 access_denied");
      return new Outcome(false, "", false);
    }
    expect(user("approve", decision), "200");
    return use(random.nextInt(5) == 0 ? race(code) : poll(code, UUID.randomUUID()));
  }

  /// Sends two polls at once. One gets the key, and the other is too late.
  private Answer race(String code) {
    var other =
        CompletableFuture.supplyAsync(
            () -> poll(code, UUID.randomUUID()), Thread::startVirtualThread);
    var mine = poll(code, UUID.randomUUID());
    var theirs = other.join();
    var isMine = mine.status() == 200;
    expect(isMine ? theirs : mine, "400 invalid_grant");
    return isMine ? mine : theirs;
  }

  private Outcome use(Answer issued) {
    expect(issued, "200");
    expect(whoami(text(issued, "access_token")), "200");
    var last = issued;
    for (int renewals = random.nextInt(3); renewals > 0; renewals--) {
      last = refresh(text(last, "refresh_token"));
      expect(last, "200");
    }
    var token = text(last, "access_token");
    if (random.nextInt(5) > 0) {
      return new Outcome(true, token, true);
    }
    var revocation = "client_id=cli&token=" + text(last, "refresh_token");
    expect(form("/oauth/revoke", revocation), "200");
    expect(whoami(token), "403");
    return new Outcome(true, token, false);
  }

  private Answer poll(String code, UUID name) {
    return token("grant_type=" + GRANT + "&client_id=cli&device_code=" + code, name);
  }

  private Answer refresh(String token) {
    return token(
        "grant_type=refresh_token&client_id=cli&refresh_token=" + token, UUID.randomUUID());
  }

  private Answer token(String form, UUID name) {
    var headers = FORM + "Idempotency-Key: " + name + "\r\n";
    return until(OUTAGE, (connection, _) -> connection.send("POST /oauth/token", headers, form));
  }

  private Answer form(String path, String form) {
    return until(OUTAGE, (connection, _) -> connection.form(path, form));
  }

  /// The gateway answers 500 if an authorizer fails.
  Answer whoami(String token) {
    return until(Set.of(503, 500), (connection, _) -> connection.get("/whoami", token));
  }

  /// The gateway answers 401 to the token of an earlier identity provider.
  private Answer user(String step, Map<String, String> body) {
    var json = JSON.valueToTree(body).toString();
    return until(
        Set.of(503, 401),
        (connection, server) ->
            connection.json("/oauth/device/" + step, server.tokenOf(name), json));
  }

  private Answer until(Set<Integer> outages, Try request) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    var heard = "nothing";
    while (System.nanoTime() < end) {
      var server = servers.get();
      try (var connection = new PersistentConnection(server.url())) {
        var answer = request.at(connection, server);
        if (!outages.contains(answer.status())) {
          return answer;
        }
        heard = answer.toString();
      } catch (IOException e) {
        heard = e.toString();
        LockSupport.parkNanos(100_000_000);
      }
    }
    throw new AssertionError("no response after all attempts; the last was " + heard);
  }

  private static void expect(Answer answer, String... verdicts) {
    var error = answer.status() == 200 ? "" : json(answer).path("error").asText();
    var verdict = (answer.status() + " " + error).strip();
    if (!Set.of(verdicts).contains(verdict)) {
      throw new AssertionError(String.join(" or ", verdicts) + ", but was " + answer);
    }
  }

  private static String text(Answer answer, String member) {
    return json(answer).path(member).asText();
  }

  private static JsonNode json(Answer answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + answer, e);
    }
  }
}
