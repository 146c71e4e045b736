package dev.keyferry.aws;

import dev.keyferry.flow.Outage;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// Turns the SDK's exceptions into the flow's [Outage]. The SDK exceptions that remain are the
/// verdicts: a failed condition and a canceled transaction.
final class Outages {
  private static final int FRAMES = 12;

  private Outages() {}

  static <T> T translate(Supplier<T> call) {
    try {
      return call.get();
    } catch (ConditionalCheckFailedException | TransactionCanceledException verdict) {
      throw verdict;
    } catch (SdkException failure) {
      throw of(failure);
    }
  }

  /// The kind of failure and the place where it happened. The message is left out, because it may
  /// quote a key.
  static Outage of(SdkException failure) {
    var facts = new TreeMap<String, Object>();
    facts.put("event", isDefect(failure) ? "defect" : "outage");
    facts.put("failure", failure.getClass().getName());
    facts.put("at", frames(failure));
    if (failure instanceof AwsServiceException answer) {
      facts.put("status", answer.statusCode());
      facts.put("aws_request_id", String.valueOf(answer.requestId()));
      if (answer.awsErrorDetails() != null) {
        facts.put("aws_error", String.valueOf(answer.awsErrorDetails().errorCode()));
      }
    }
    return new Outage(facts, isRefusal(failure));
  }

  /// The outage for an item that Keyferry cannot have written, because such an item decides nothing
  /// either.
  static Outage unreadable(String what) {
    return new Outage(
        Map.of("event", "outage", "failure", what, "at", frames(new Throwable())), false);
  }

  /// Whether AWS can never accept the request, so that the failure is not AWS's fault.
  private static boolean isDefect(SdkException failure) {
    return failure instanceof AwsServiceException answer
        && answer.awsErrorDetails() != null
        && "ValidationException".equals(answer.awsErrorDetails().errorCode());
  }

  private static boolean isRefusal(SdkException failure) {
    return failure instanceof AwsServiceException answer
        && answer.statusCode() < 500
        && !answer.isThrottlingException();
  }

  private static Object frames(Throwable failure) {
    return Arrays.stream(failure.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("dev.keyferry."))
        .limit(FRAMES)
        .map(frame -> frame.getClassName() + "." + frame.getMethodName())
        .toList();
  }
}
