package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.LambdaLogger;

/// A logger that drops everything, for functions that only log outages.
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
