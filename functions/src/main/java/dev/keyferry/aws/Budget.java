package dev.keyferry.aws;

import java.time.Duration;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/// The time that an invocation has for all its calls to AWS together. It lets a handler answer
/// within five seconds, whatever DynamoDB and KMS do. A call outside any invocation has a whole
/// budget to itself.
public final class Budget {
  static final Duration WHOLE = Duration.ofMillis(4_400);

  /// Kept back from every other call for the read that resolves an unknown outcome.
  private static final Duration RESERVE = Duration.ofMillis(800);

  private static final Duration EXTRA = Duration.ofMillis(300);

  private static final Duration LEAST = Duration.ofMillis(1);

  private static final ScopedValue<Long> STARTED = ScopedValue.newInstance();

  private Budget() {}

  /// Runs an invocation; its budget starts now.
  public static <T> T spend(ScopedValue.CallableOp<T, RuntimeException> invocation) {
    return ScopedValue.where(STARTED, System.nanoTime()).call(invocation);
  }

  static AwsRequestOverrideConfiguration forCall() {
    return atMost(remaining().minus(RESERVE));
  }

  /// The budget of a call that the request can do without: a renewal while the old subkey is good,
  /// or a note of a key's use.
  static AwsRequestOverrideConfiguration forExtra() {
    return atMost(EXTRA);
  }

  static AwsRequestOverrideConfiguration forResolvingRead() {
    return atMost(remaining());
  }

  private static Duration remaining() {
    return STARTED.isBound() ? WHOLE.minusNanos(System.nanoTime() - STARTED.get()) : WHOLE;
  }

  private static AwsRequestOverrideConfiguration atMost(Duration time) {
    return AwsRequestOverrideConfiguration.builder()
        .apiCallTimeout(time.compareTo(LEAST) < 0 ? LEAST : time)
        .build();
  }
}
