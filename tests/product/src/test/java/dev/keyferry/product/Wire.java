package dev.keyferry.product;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.aws.AwsConnection;
import dev.keyferry.local.Functions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;

/// The network between a function and AWS, which a test can cut. The fault is in the SDK's own HTTP
/// client, so the SDK retries, gives up and reports as it would in production.
public final class Wire implements Functions.Tap {
  /// The outcome of a call.
  public enum Fate {
    ARRIVES,
    /// The request is cut off before it arrives. The call has no effect.
    LOST,
    /// The response is cut off. The call has taken effect, and the caller does not know.
    ANSWER_LOST,
    /// The call neither arrives nor fails.
    HANGS,
    /// DynamoDB has no capacity left for the call.
    THROTTLED,
    /// Another transaction is using the same item. DynamoDB Local never reports this.
    CONFLICTS,
    /// DynamoDB has capacity for a part of a batch, and returns the subjects' keys as unprocessed.
    SUBJECT_UNPROCESSED,
    /// DynamoDB returns the API keys' rows as unprocessed.
    KEY_UNPROCESSED,
    /// DynamoDB returns the whole batch as unprocessed.
    UNPROCESSED
  }

  /// One attempt of the SDK at a call to AWS.
  ///
  /// @param operation such as `UpdateItem`
  /// @param body its JSON
  public record Attempt(String functionId, String operation, String body) {}

  /// Decides the fate of each attempt. The number counts from 0 since the plan was set.
  public interface Plan {
    Fate fateOf(int number, Attempt attempt);
  }

  private static final JsonMapper JSON = new JsonMapper();

  private final AtomicInteger attempts = new AtomicInteger();
  private volatile Plan plan = (_, _) -> Fate.ARRIVES;

  public void follow(Plan plan) {
    attempts.set(0);
    this.plan = plan;
  }

  public int attempts() {
    return attempts.get();
  }

  @Override
  public AwsConnection tap(String functionId, AwsConnection connection) {
    return new AwsConnection(
        connection.region(),
        connection.credentials(),
        connection.endpoint(),
        new Cut(functionId, connection.http()),
        connection.interceptors());
  }

  private final class Cut implements SdkHttpClient {
    private final String functionId;
    private final SdkHttpClient http;

    Cut(String functionId, SdkHttpClient http) {
      this.functionId = functionId;
      this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      var target = request.httpRequest().firstMatchingHeader("X-Amz-Target").orElse("");
      var operation = target.substring(target.indexOf('.') + 1);
      var attempt = new Attempt(functionId, operation, body(request));
      var call = http.prepareRequest(request);
      var given = new CountDownLatch(1);
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() throws IOException {
          var fate = plan.fateOf(attempts.getAndIncrement(), attempt);
          return switch (fate) {
            case ARRIVES -> call.call();
            case LOST -> throw new IOException("cut before it arrived");
            case ANSWER_LOST -> {
              var answer = call.call();
              answer.responseBody().ifPresent(Cut::drain);
              throw new IOException("cut after it was done");
            }
            case HANGS -> {
              await(given);
              throw new IOException("given up");
            }
            case THROTTLED -> refusal("{\"__type\":\"%s#ThrottlingException\"}");
            case CONFLICTS ->
                refusal(
                    "{\"__type\":\"%s#TransactionCanceledException\",\"CancellationReasons\":["
                        + "{\"Code\":\"TransactionConflict\"},{\"Code\":\"None\"},"
                        + "{\"Code\":\"None\"}]}");
            case SUBJECT_UNPROCESSED -> withhold("SUBJECT#", attempt, call.call());
            case KEY_UNPROCESSED -> withhold("KEY#", attempt, call.call());
            case UNPROCESSED -> withhold("", attempt, call.call());
          };
        }

        @Override
        public void abort() {
          given.countDown();
          call.abort();
        }
      };
    }

    private static String body(HttpExecuteRequest request) {
      return request
          .contentStreamProvider()
          .map(content -> {
            try (var body = content.newStream()) {
              return new String(body.readAllBytes(), UTF_8);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .orElse("");
    }

    /// The batch's response, changed so that keys with this prefix are unprocessed.
    private static HttpExecuteResponse withhold(
        String prefix, Attempt attempt, HttpExecuteResponse answer) throws IOException {
      var read = (ObjectNode) JSON.readTree(answer.responseBody().orElseThrow());
      var unprocessed = read.putObject("UnprocessedKeys");
      JSON.readTree(attempt.body())
          .path("RequestItems")
          .properties()
          .forEach(table -> {
            var left = (ObjectNode) table.getValue().deepCopy();
            left.withArrayProperty("Keys").removeIf(key -> !begins(key, prefix));
            if (!left.path("Keys").isEmpty()) {
              unprocessed.set(table.getKey(), left);
            }
            read.withObjectProperty("Responses")
                .withArrayProperty(table.getKey())
                .removeIf(row -> begins(row, prefix));
          });
      return answer(200, read.toString());
    }

    private static boolean begins(JsonNode row, String prefix) {
      return row.at("/pk/S").asText().startsWith(prefix);
    }

    private static HttpExecuteResponse refusal(String body) {
      return answer(400, body.formatted("com.amazonaws.dynamodb.v20120810"));
    }

    private static HttpExecuteResponse answer(int status, String body) {
      var json = body.getBytes(UTF_8);
      return HttpExecuteResponse.builder()
          .response(
              SdkHttpResponse.builder()
                  .statusCode(status)
                  .putHeader("Content-Type", "application/x-amz-json-1.0")
                  .build())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(json)))
          .build();
    }

    private static void drain(InputStream body) {
      try (body) {
        body.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void await(CountDownLatch latch) throws IOException {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void close() {
      // Does not close the stack's own client.
    }
  }
}
