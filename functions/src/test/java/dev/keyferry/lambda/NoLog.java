package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.LambdaLogger;

/// For functions that have nothing to log: they log outages alone.
final class NoLog implements LambdaLogger {
  @Override
  public void log(String message) {
    throw new AssertionError(message);
  }

  @Override
  public void log(byte[] message) {
    log(new String(message, UTF_8));
  }
}
