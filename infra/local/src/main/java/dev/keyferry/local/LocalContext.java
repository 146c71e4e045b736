package dev.keyferry.local;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The context of an invocation, which Lambda passes to a handler.
record LocalContext(String name, Consumer<String> log) implements Context {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int MEMORY_MEGABYTES = 1024;

  @Override
  public String getAwsRequestId() {
    return UUID.randomUUID().toString();
  }

  @Override
  public String getLogGroupName() {
    return "/keyferry/local/" + name;
  }

  @Override
  public String getLogStreamName() {
    return "local";
  }

  @Override
  public String getFunctionName() {
    return name;
  }

  @Override
  public String getFunctionVersion() {
    return "1";
  }

  @Override
  public String getInvokedFunctionArn() {
    return "arn:aws:lambda:us-east-1:000000000000:function:" + name + ":live";
  }

  @Override
  @SuppressWarnings("NullAway") // Null as in Lambda without Cognito or a mobile SDK.
  public @Nullable CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  @SuppressWarnings("NullAway")
  public @Nullable ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return TIMEOUT_MILLIS;
  }

  @Override
  public int getMemoryLimitInMB() {
    return MEMORY_MEGABYTES;
  }

  @Override
  public LambdaLogger getLogger() {
    return new LambdaLogger() {
      @Override
      public void log(String line) {
        log.accept(name + " " + line);
      }

      @Override
      public void log(byte[] line) {
        log(new String(line, StandardCharsets.UTF_8));
      }
    };
  }
}
