package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.keyferry.aws.Budget;
import dev.keyferry.flow.Outage;
import dev.keyferry.web.StrictJson;

/// What an operator is told when AWS did not answer.
final class OutageLog {
  private OutageLog() {}

  /// Runs an invocation that has no 503 to answer: an outage fails it. Lambda logs what is thrown,
  /// so the exception says nothing.
  static <T> T orFail(LambdaLogger logger, ScopedValue.CallableOp<T, RuntimeException> invocation) {
    try {
      return Budget.spend(invocation);
    } catch (Outage outage) {
      log(logger, outage);
      throw new IllegalStateException("outage");
    }
  }

  static void log(LambdaLogger logger, Outage outage) {
    logger.log(line(outage), LogLevel.ERROR);
  }

  static String line(Outage outage) {
    return StrictJson.write(outage.facts());
  }
}
