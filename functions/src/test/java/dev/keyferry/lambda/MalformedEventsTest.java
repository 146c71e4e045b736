package dev.keyferry.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Sends the sample events to all functions, broken in many ways.
///
/// An event follows from its number and from the earlier ones in the same world. A failure names
/// both. Events that Lambda itself would not pass on are left out: those that are not JSON or
/// repeat a member. An invocation fails if the event does not fit its class.
final class MalformedEventsTest {
  private static final int EVENTS = 100_000;
  private static final int IN_ONE_WORLD = 250;
  private static final long SEED = 8628;

  /// The checks that many events must still reach. More heavily broken events would all stop at the
  /// first check.
  private static final Set<String> STILL_REACHED =
      Set.of(
          "authorize 200",
          "poll 200",
          "poll 400 slow_down",
          "poll 400 invalid_grant",
          "claim 200",
          "claim 404",
          "claim 429",
          "approve 200",
          "approve 404",
          "deny 200",
          "authorization-claim 200",
          "authorization-approve 200",
          "authorization-deny 200",
          "introspect 200",
          "introspect 401",
          "revoke 200",
          "list-keys 200",
          "revoke-key 404",
          "sign-out 204",
          "whoami 200",
          "verification-page 200",
          "verification-page 404",
          "metadata 200",
          "key-authorizer true",
          "key-authorizer false");

  @Test
  void each_of_100_000_malformed_events_gets_a_proper_response_and_none_a_fault() {
    var reached = new ConcurrentSkipListSet<String>();
    IntStream.range(0, EVENTS / IN_ONE_WORLD)
        .parallel()
        .forEach(world -> sendAll(world * IN_ONE_WORLD, reached));
    assertThat(reached).containsAll(STILL_REACHED);
    assertThat(reached.stream().filter(each -> each.startsWith("unreadable ")).count())
        .isLessThan(EVENTS / 4);
  }

  private static void sendAll(int first, Set<String> reached) {
    var functions = new InMemoryFunctions();
    var logins = Logins.begin(functions);
    for (int number = first; number < first + IN_ONE_WORLD; number++) {
      send(number, functions, logins, reached);
    }
    var audit = String.join("\n", functions.audit());
    assertThat(logins.drawn().values()).noneMatch(audit::contains);
  }

  private static void send(
      int number, InMemoryFunctions functions, Logins logins, Set<String> reached) {
    var names = new ArrayList<>(functions.names());
    if (number % IN_ONE_WORLD < IN_ONE_WORLD / 2) {
      // A sign-out ends most of what the logins reach, so none comes early.
      names.remove("sign-out");
    }
    var sample = names.get(number % names.size());
    var random = new SplittableRandom(SEED + number);
    var event = Logins.sample(sample);
    new Mutation(random).breakUp(event);
    var text = logins.in(ResponseContract.text(event));
    // Mostly the function that the gateway would choose, but sometimes another.
    var astray = event.has("stageVariables") && random.nextInt(4) == 0;
    var function = astray ? names.get(random.nextInt(names.size())) : sample;
    try {
      var answer = functions.answer(function, text);
      reached.add(ResponseContract.check(function, answer, logins.drawn().values()));
    } catch (UncheckedIOException unreadable) {
      // A member of another type than API Gateway gives it, where the event's class permits only
      // one.
      if (!(unreadable.getCause() instanceof JsonMappingException)) {
        throw failure(number, function, text, unreadable);
      }
      reached.add("unreadable " + number);
    } catch (IllegalArgumentException refused) {
      // The operator invokes this function directly, so its invocation fails.
      if (!function.equals("subject")) {
        throw failure(number, function, text, refused);
      }
    } catch (RuntimeException | AssertionError fault) {
      throw failure(number, function, text, fault);
    }
  }

  private static AssertionError failure(
      int number, String function, String event, Throwable cause) {
    return new AssertionError(
        "event %d of seed %d, to %s: %s".formatted(number, SEED, function, event), cause);
  }
}
