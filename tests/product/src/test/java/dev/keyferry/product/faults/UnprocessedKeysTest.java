package dev.keyferry.product.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Subject;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Wire;
import dev.keyferry.product.Wire.Fate;
import dev.keyferry.product.stores.DynamoStores;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests of batches that DynamoDB throttles by leaving some keys unread. An unread row is not an
/// absent row: a subject is not in good standing because its row was left out.
class UnprocessedKeysTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Wire wire = new Wire();
  private final Api api = Shared.environments(wire);

  private String keyOf(String user) {
    var codes = api.codes();
    api.grant(user, codes.userCode());
    return api.poll(codes.deviceCode()).text("access_token");
  }

  private static void disable(String user) {
    Samples.disabling(DynamoStores.at(Shared.stack().aws()).keys()).disable(new Subject(user));
  }

  /// The response for a key, where DynamoDB leaves these rows out of the first batch that asks for
  /// them.
  private Reply onceLeftOut(Fate fate, String key) {
    var done = new AtomicBoolean();
    wire.follow(
        (_, attempt) -> withholds(fate, attempt) && !done.getAndSet(true) ? fate : Fate.ARRIVES);
    var reply = api.whoami(key);
    assertThat(done).as("asked for the key that was left out").isTrue();
    return reply;
  }

  /// Whether the batch asks for the rows that this fate leaves out.
  private static boolean withholds(Fate fate, Wire.Attempt attempt) {
    return attempt.operation().equals("BatchGetItem")
        && (fate != Fate.SUBJECT_UNPROCESSED || attempt.body().contains("SUBJECT#"))
        && (fate != Fate.KEY_UNPROCESSED || attempt.body().contains("KEY#"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"SUBJECT_UNPROCESSED", "KEY_UNPROCESSED", "UNPROCESSED"})
  void keys_left_out_once_are_read_again_and_the_verdict_is_right(Fate fate) {
    var good = "unprocessed-once-" + fate;
    var barred = "disabled-once-" + fate;
    var key = keyOf(good);
    var barredKey = keyOf(barred);
    disable(barred);

    for (var environment : List.of("cold", "warm")) {
      assertThat(onceLeftOut(fate, key).status()).as(environment).isEqualTo(200);
      assertThat(onceLeftOut(fate, barredKey).status())
          .as(environment + ", disabled")
          .isEqualTo(403);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"SUBJECT_UNPROCESSED", "KEY_UNPROCESSED", "UNPROCESSED"})
  void keys_left_out_every_time_are_an_outage_and_not_a_verdict(Fate fate) {
    var good = "unprocessed-always-" + fate;
    var barred = "disabled-always-" + fate;
    var key = keyOf(good);
    var barredKey = keyOf(barred);
    disable(barred);

    outage(key, fate);
    outage(barredKey, fate);
    assertThat(api.whoami(key).status()).as("once DynamoDB reads every key again").isEqualTo(200);
    assertThat(api.whoami(barredKey).status()).isEqualTo(403);
    outage(key, fate);
    outage(barredKey, fate);
  }

  private void outage(String key, Fate fate) {
    wire.follow((_, attempt) -> withholds(fate, attempt) ? fate : Fate.ARRIVES);
    var start = System.nanoTime();
    assertThat(api.whoami(key).status()).isEqualTo(500);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
    wire.follow((_, _) -> Fate.ARRIVES);
  }
}
