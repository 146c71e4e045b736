package dev.keyferry.client;

import dev.keyferry.client.DeviceLogin.Person;
import dev.keyferry.client.LoginException.Expired;
import dev.keyferry.client.LoginException.Unreachable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// Polls until there is a decision, RFC 8628 §3.4 and §3.5. It sleeps before each poll, tolerates
/// outages, and polls a last time when the code expires.
final class Polling {
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";

  private final Server server;
  private final Time time;
  private final Person person;
  private final Pace pace;

  /// Contains the `Idempotency-Key` of the next poll.
  private Pending pending;

  /// The outage that the last poll met.
  private Optional<Unreachable> outage = Optional.empty();

  private Optional<NumberPrompt> prompt = Optional.empty();

  /// The number that the person typed, until the server has checked it.
  private Optional<String> number = Optional.empty();

  Polling(Server server, Pending pending, Time time, Person person) {
    this.server = server;
    this.pending = pending;
    this.time = time;
    this.person = person;
    pace = new Pace(pending.interval());
  }

  Tokens untilDecided() throws LoginException, InterruptedException {
    try {
      for (; ; ) {
        pause();
        var last = !time.clock().instant().isBefore(pending.expiresAt());
        var tokens = poll();
        if (tokens.isPresent()) {
          return tokens.get();
        }
        if (last) {
          // If the server was unreachable, its decision is unknown.
          throw outage.isPresent()
              ? outage.get()
              : new Expired("The code expired before anyone approved it.");
        }
      }
    } finally {
      prompt.ifPresent(NumberPrompt::stop);
    }
  }

  private void pause() throws InterruptedException {
    var left = Duration.between(time.clock().instant(), pending.expiresAt());
    var due = pace.pause();
    var pause = left.compareTo(due) < 0 ? left : due;
    if (pause.isPositive()) {
      person.waiting(pause, pending.expiresAt());
      // A number that is already being sent must not wake the wait.
      var wake =
          number.isEmpty() && prompt.isPresent() ? prompt.get().answered() : new CountDownLatch(1);
      time.sleeper().sleep(pause, wake);
    }
    if (number.isEmpty() && prompt.isPresent()) {
      number = prompt.get().number();
    }
  }

  /// Empty if there is no decision yet.
  private Optional<Tokens> poll() throws LoginException, InterruptedException {
    Reply reply;
    var asked = time.clock().instant();
    try {
      reply = server.token(parameters(), pending.idempotencyKey());
    } catch (Unreachable e) {
      return lost(e, Optional.empty());
    }
    if (Outage.matches(reply)) {
      return lost(Outage.asException(reply), Outage.retryAfter(reply));
    }
    outage = Optional.empty();
    pace.answered();
    if (reply.status() == 200) {
      return Optional.of(Tokens.read(reply.json(), asked, pending.scope()));
    }
    undecided(reply);
    pending = pending.withNewIdempotencyKey();
    person.undecided(pending);
    return Optional.empty();
  }

  private Optional<Tokens> lost(Unreachable why, Optional<Duration> retryAfter) {
    outage = Optional.of(why);
    pace.failed(retryAfter);
    person.unreachable(Optional.ofNullable(why.getMessage()).orElse(""));
    return Optional.empty();
  }

  private void undecided(Reply reply) throws LoginException {
    var refusal = Refusal.read(reply);
    switch (refusal.error()) {
      case "authorization_pending" -> {}
      case "slow_down" -> pace.slowDown(Pace.interval(reply.json()), Outage.retryAfter(reply));
      case "confirmation_required" -> askForNumber();
      default -> throw refusal.asException();
    }
  }

  private void askForNumber() {
    var wrong = number.isPresent();
    if (wrong || prompt.isEmpty()) {
      number = Optional.empty();
      prompt = Optional.of(new NumberPrompt(person, wrong));
    }
  }

  private Map<String, String> parameters() {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("grant_type", GRANT);
    parameters.put("client_id", pending.clientId());
    parameters.put("device_code", pending.deviceCode());
    parameters.put("confirmation", number.orElse(""));
    return parameters;
  }
}
