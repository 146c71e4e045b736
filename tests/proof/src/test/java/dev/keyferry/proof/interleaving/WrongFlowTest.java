package dev.keyferry.proof.interleaving;

import static dev.keyferry.flow.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.keyferry.codes.KeyId;
import dev.keyferry.flow.Conditions;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.GrantStore.Polled;
import dev.keyferry.flow.GrantStore.Redeemed;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.Key.Generation;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.KeyStore.KeyAndStanding;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Write;
import dev.keyferry.proof.interleaving.Rehearsal.StoreDown;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the explorer makes of flows that are wrong, over stores that are right. Prints the shortest
/// order in which somebody hears so.
final class WrongFlowTest {
  private static final DeviceLogin DEVICE = DeviceLogin.of(Samples.request(NOON));

  /// The real flows, but for one thing.
  enum Wrong implements Flaw {
    TAKES_AN_OUTAGE_FOR_EXPIRY("an approval, a denial", "rule 5: expired_token before") {
      @Override
      public Heard handle(Supplier<Heard> flow) {
        return orIfDown(flow, () -> Heard.declined(Code.EXPIRED_TOKEN));
      }
    },
    TAKES_AN_OUTAGE_FOR_A_SPENT_CODE("an approval, a denial", "rule 3: invalid_grant") {
      @Override
      public Heard handle(Supplier<Heard> flow) {
        return orIfDown(flow, () -> Heard.declined(Code.INVALID_GRANT));
      }
    },
    BELIEVES_A_REDEMPTION_THAT_NOBODY_CONFIRMED("an approval, a denial", "rule 2: a key") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.isNamed("redeem")
            ? orIfDown(() -> ask.apply(call), Redeemed.Stored::new)
            : ask.apply(call);
      }
    },
    BELIEVES_A_RENEWAL_THAT_NOBODY_CONFIRMED("refreshes of one", "rule 2: tokens") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.isNamed("renew")
            ? orIfDown(() -> ask.apply(call), () -> new Write.Applied<>(call))
            : ask.apply(call);
      }
    },
    REDEEMS_ONCE_MORE_AS_SOMEBODY_ELSE("polls that are early", "a code or token was spent") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.isNamed("redeem")
            ? orIfDown(() -> ask.apply(call), () -> ask.apply(otherwise(call, Wrong::another)))
            : ask.apply(call);
      }
    },
    RENEWS_ONCE_MORE_AS_SOMEBODY_ELSE("revocations", "a code or token was spent") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.isNamed("renew")
            ? orIfDown(() -> ask.apply(call), () -> ask.apply(otherwise(call, Wrong::another)))
            : ask.apply(call);
      }
    },
    GIVES_THE_KEY_TO_WHO_CAME_SECOND("an approved code expires", "a key was told to two") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return answer instanceof Redeemed.NotApproved(var found)
                && found.map(Grant::state).filter(Consumed.class::isInstance).isPresent()
            ? new Redeemed.Stored()
            : answer;
      }
    },
    TELLS_WHO_IS_APPROVED_TO_WAIT("an approval, a denial", "an approval was hidden") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return foundApproved(answer).isPresent() ? new Polled.Pending() : answer;
      }
    },
    SLOWS_DOWN_FIRST("an approval, a denial", "an approval was hidden") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return foundApproved(answer)
            .filter(grant -> grant.pace().nextPollAt().isAfter(NOON))
            .<Object>map(grant -> new Polled.NotPending(Optional.of(undecided(grant))))
            .orElse(answer);
      }
    },
    CONFIRMS_WHAT_WAS_REFUSED("screens of two", "a decision was confirmed") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return answer instanceof Write.Refused<?>(var found) && found.isPresent()
            ? new Write.Applied<>(found.get())
            : answer;
      }
    },
    DOES_NOT_LOOK_AT_THE_STANDING("a key and its user's", "somebody was let in") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return answer instanceof Optional<?> found
                && found.isPresent()
                && found.get() instanceof KeyAndStanding(var key, var _)
            ? Optional.of(new KeyAndStanding(key, Standing.GOOD))
            : answer;
      }
    },
    LETS_A_THIEF_GO("refreshes of one", "a token that was used long ago") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.argument(Revoker.Server.class).isPresent()
            ? new Write.Refused<>(Optional.empty())
            : ask.apply(call);
      }
    },
    TAKES_WHO_LOST_A_RACE_FOR_A_THIEF("refreshes of one", "a refresh that lost a race") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        var next = call.argument(Generation.class);
        if (next.isPresent() && answer instanceof Write.Refused) {
          var _ = ask.apply(revocation(call, next.get().issuedAt()));
        }
        return answer;
      }
    },
    LIVES_IN_THE_PAST("the code expires", "rule 5: a call has another time") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return ask.apply(
            otherwise(
                call,
                argument ->
                    argument instanceof Instant time ? time.minus(Duration.ofHours(1)) : argument));
      }
    };

    private final String scenario;
    private final String promise;

    Wrong(String scenario, String promise) {
      this.scenario = scenario;
      this.promise = promise;
    }

    private static <T> T orIfDown(Supplier<T> ask, Supplier<T> otherwise) {
      try {
        return ask.get();
      } catch (StoreDown _) {
        return otherwise.get();
      }
    }

    private static Call.ToStore otherwise(Call.ToStore call, Function<Object, Object> other) {
      return new Call.ToStore(
          call.method(), call.arguments().stream().map(other).toList(), call.looking());
    }

    private static Call.ToStore revocation(Call.ToStore call, Instant now) {
      var id = call.argument(KeyId.class).orElseThrow();
      var revoke =
          Stream.of(KeyStore.class.getMethods())
              .filter(method -> method.getName().equals("revoke"))
              .findFirst()
              .orElseThrow();
      return new Call.ToStore(revoke, List.of(id, new Revoker.Server(), now), false);
    }

    /// As a request would that does not know that it is the same.
    private static Object another(Object argument) {
      return switch (argument) {
        case Redemption(var at, var attempt, var name) ->
            new Redemption(at, attempt + "-again", name);
        case Generation it ->
            new Generation(
                it.number(),
                it.access(),
                it.refresh(),
                it.issuedAt(),
                it.previous(),
                it.seal(),
                it.attempt() + "-again",
                it.idempotencyKey());
        default -> argument;
      };
    }

    private static Optional<Grant> foundApproved(Object answer) {
      return answer instanceof Polled.NotPending(var found)
          ? found.filter(grant -> grant.state() instanceof Approved)
          : Optional.empty();
    }

    private static Grant undecided(Grant grant) {
      return InMemoryGrantStore.in(grant, new Pending());
    }
  }

  @ParameterizedTest
  @EnumSource(Wrong.class)
  void some_order_shows_what_is_wrong(Wrong flaw) {
    var scenario = Scenarios.small(flaw.scenario);

    var broken =
        new Interleavings(scenario, new Theatre(scenario, Conditions.ALL, flaw, true))
            .shortestBroken();

    assertThat(broken).isPresent();
    assertThat(broken.get()).hasMessageStartingWith(flaw.promise).hasMessageContaining("\n  at ");
    System.out.printf("%s: %s%n", flaw, broken.get().getMessage());
  }

  @Test
  void a_flow_that_looks_at_the_clock_after_a_store_answered_is_not_taken() {
    assertNotTaken(
        flows -> {
          var heard = DEVICE.login().poll().apply(flows, Optional.empty());
          return flows.clock().instant().isAfter(NOON) ? Heard.DONE : heard;
        },
        "whoever asks reads the clock");
  }

  @Test
  void a_flow_that_asks_a_store_before_it_looks_at_the_clock_is_not_taken() {
    assertNotTaken(
        flows -> {
          var standing = flows.keys().findStanding(DeviceLogin.ADA);
          return standing.disabled()
              ? Heard.NOT_FOUND
              : DEVICE.login().poll().apply(flows, Optional.empty());
        },
        "whoever asks findStanding(ada)");
  }

  private static void assertNotTaken(Function<Flows, Heard> flow, String reason) {
    var cast = List.of(Actor.of("somebody", Request.of("asks", flow)));
    var scenario = DEVICE.scenario("another order of calls", DEVICE.login(), 0, cast);

    assertThatIllegalStateException()
        .isThrownBy(() -> new Interleavings(scenario, Conditions.ALL).all())
        .withMessageStartingWith(reason);
  }
}
