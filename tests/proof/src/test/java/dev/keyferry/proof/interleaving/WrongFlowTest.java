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
import dev.keyferry.flow.KeyStore.Disablement;
import dev.keyferry.flow.KeyStore.KeyAndStanding;
import dev.keyferry.flow.KeyStore.Revoker;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.Write;
import dev.keyferry.proof.interleaving.Replay.StoreDown;
import java.lang.reflect.Method;
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

/// Tests that the explorer finds a counterexample for each wrong flow over correct stores. Prints a
/// shortest order that leads to a wrong response.
final class WrongFlowTest {
  private static final DeviceLogin DEVICE = DeviceLogin.of(Samples.request(NOON));

  /// The real flows with one defect each.
  enum WrongFlow implements Flaw {
    REPORTS_AN_OUTAGE_AS_EXPIRY("an approval, a denial", "rule 5: expired_token before") {
      @Override
      public Response handle(Supplier<Response> flow) {
        return orIfDown(flow, () -> Response.declined(Code.EXPIRED_TOKEN));
      }
    },
    REPORTS_AN_OUTAGE_AS_A_SPENT_CODE("an approval, a denial", "rule 3: invalid_grant") {
      @Override
      public Response handle(Supplier<Response> flow) {
        return orIfDown(flow, () -> Response.declined(Code.INVALID_GRANT));
      }
    },
    TRUSTS_AN_UNCONFIRMED_REDEMPTION("an approval, a denial", "rule 2: a key") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.isNamed("redeem")
            ? orIfDown(() -> ask.apply(call), Redeemed.Stored::new)
            : ask.apply(call);
      }
    },
    TRUSTS_AN_UNCONFIRMED_RENEWAL("refreshes of one", "rule 2: tokens") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.isNamed("renew")
            ? orIfDown(() -> ask.apply(call), () -> new Write.Applied<>(call))
            : ask.apply(call);
      }
    },
    RETRIES_A_REDEMPTION_AS_ANOTHER_ATTEMPT("polls that are early", "a code or token was spent") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.isNamed("redeem")
            ? orIfDown(() -> ask.apply(call), () -> ask.apply(otherwise(call, WrongFlow::another)))
            : ask.apply(call);
      }
    },
    RETRIES_A_RENEWAL_AS_ANOTHER_ATTEMPT("revocations", "a code or token was spent") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.isNamed("renew")
            ? orIfDown(() -> ask.apply(call), () -> ask.apply(otherwise(call, WrongFlow::another)))
            : ask.apply(call);
      }
    },
    GIVES_THE_KEY_TO_A_SECOND_POLL("an approved code expires", "a key was given to two") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return answer instanceof Redeemed.NotApproved(var found)
                && found.map(Grant::state).filter(Consumed.class::isInstance).isPresent()
            ? new Redeemed.Stored()
            : answer;
      }
    },
    REPORTS_AN_APPROVAL_AS_PENDING("an approval, a denial", "an approval was hidden") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return foundApproved(answer).isPresent() ? new Polled.Pending() : answer;
      }
    },
    HIDES_AN_APPROVAL_BEHIND_SLOW_DOWN("an approval, a denial", "an approval was hidden") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return foundApproved(answer)
            .filter(grant -> grant.pace().nextPollAt().isAfter(NOON))
            .<Object>map(grant -> new Polled.NotPending(Optional.of(undecided(grant))))
            .orElse(answer);
      }
    },
    CONFIRMS_A_REFUSED_DECISION("screens of two", "a decision was confirmed") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        return answer instanceof Write.Refused<?>(var found) && found.isPresent()
            ? new Write.Applied<>(found.get())
            : answer;
      }
    },
    IGNORES_THE_STANDING("a key and its user's", "a key was accepted") {
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
    ENABLES_AT_THE_TIME_OF_THE_REQUEST(
        "an approval while the user is", "the next poll gets the key") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        var answer = ask.apply(call);
        if (answer instanceof Write.Applied<?>(Disablement row) && row.isBeingEnabled()) {
          var _ = ask.apply(finishing(call, row));
        }
        return answer;
      }
    },
    IGNORES_REUSE("refreshes of one", "a token that was used long ago") {
      @Override
      public Object answer(Call.ToStore call, Function<Call.ToStore, Object> ask) {
        return call.argument(Revoker.Server.class).isPresent()
            ? new Write.Refused<>(Optional.empty())
            : ask.apply(call);
      }
    },
    MISTAKES_A_LOST_RACE_FOR_REUSE("refreshes of one", "a refresh that lost a race") {
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
    USES_AN_EARLIER_TIME("the code expires", "rule 5: a call has another time") {
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

    WrongFlow(String scenario, String promise) {
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
          call.method(), call.arguments().stream().map(other).toList(), call.resolving());
    }

    private static Call.ToStore finishing(Call.ToStore call, Disablement row) {
      return new Call.ToStore(
          method("finishEnabling"),
          List.of(
              call.argument(Subject.class).orElseThrow(),
              row.by().orElseThrow(),
              call.argument(Instant.class).orElseThrow()),
          false);
    }

    private static Method method(String name) {
      return Stream.of(KeyStore.class.getMethods())
          .filter(method -> method.getName().equals(name))
          .findFirst()
          .orElseThrow();
    }

    private static Call.ToStore revocation(Call.ToStore call, Instant now) {
      var id = call.argument(KeyId.class).orElseThrow();
      return new Call.ToStore(method("revoke"), List.of(id, new Revoker.Server(), now), false);
    }

    /// Changes the attempt, so that the write does not recognize itself.
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
                it.issue());
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
  @EnumSource(WrongFlow.class)
  void some_order_exposes_the_defect(WrongFlow flaw) {
    var scenario = Scenarios.small(flaw.scenario);

    var broken =
        new Explorer(scenario, new Transitions(scenario, Conditions.ALL, flaw, true))
            .shortestCounterexample();

    assertThat(broken).isPresent();
    assertThat(broken.get()).hasMessageStartingWith(flaw.promise).hasMessageContaining("\n  at ");
    System.out.printf("%s: %s%n", flaw, broken.get().getMessage());
  }

  @Test
  void a_flow_that_reads_the_clock_after_a_store_call_is_rejected() {
    assertRejected(
        flows -> {
          var responses = DEVICE.login().poll().apply(flows, Optional.empty());
          return flows.clock().instant().isAfter(NOON) ? Response.DONE : responses;
        },
        "a request that asks reads the clock");
  }

  @Test
  void a_flow_that_calls_a_store_before_it_reads_the_clock_is_rejected() {
    assertRejected(
        flows -> {
          var standing = flows.keys().findStanding(DeviceLogin.ADA);
          return standing.disabled()
              ? Response.NOT_FOUND
              : DEVICE.login().poll().apply(flows, Optional.empty());
        },
        "a request that asks findStanding(ada)");
  }

  private static void assertRejected(Function<Flows, Response> flow, String reason) {
    var actors = List.of(Actor.of("somebody", Request.of("asks", flow)));
    var scenario = DEVICE.scenario("another order of calls", DEVICE.login(), 0, actors);

    assertThatIllegalStateException()
        .isThrownBy(() -> new Explorer(scenario, Conditions.ALL).all())
        .withMessageStartingWith(reason);
  }
}
