package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.keyferry.aws.Budget;
import dev.keyferry.web.StrictJson;
import java.util.Arrays;
import java.util.LinkedHashMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// What an operator is told when AWS did not answer: the kind of failure and where, never a
/// message, which may quote a key.
final class Outage {
  private static final int FRAMES = 12;

  private Outage() {}

  /// Runs an invocation that has no 503 to answer: an outage fails it. Lambda logs what is thrown,
  /// so that says nothing.
  static <T> T orFail(LambdaLogger logger, ScopedValue.CallableOp<T, RuntimeException> invocation) {
    try {
      return Budget.spend(invocation);
    } catch (SdkException outage) {
      log(logger, outage);
      throw new IllegalStateException("outage");
    }
  }

  /// A request that AWS can never accept is not AWS's fault.
  private static boolean isDefect(SdkException failure) {
    return failure instanceof AwsServiceException answer
        && answer.awsErrorDetails() != null
        && "ValidationException".equals(answer.awsErrorDetails().errorCode());
  }

  static void log(LambdaLogger logger, SdkException failure) {
    logger.log(line(failure), LogLevel.ERROR);
  }

  static String line(SdkException failure) {
    var line = new LinkedHashMap<String, Object>();
    line.put("event", isDefect(failure) ? "defect" : "outage");
    line.put("failure", failure.getClass().getName());
    if (failure instanceof AwsServiceException answer) {
      line.put("status", answer.statusCode());
      line.put("aws_request_id", String.valueOf(answer.requestId()));
      if (answer.awsErrorDetails() != null) {
        line.put("aws_error", String.valueOf(answer.awsErrorDetails().errorCode()));
      }
    }
    line.put(
        "at",
        Arrays.stream(failure.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("dev.keyferry."))
            .limit(FRAMES)
            .map(frame -> frame.getClassName() + "." + frame.getMethodName())
            .toList());
    return StrictJson.write(line);
  }
}
