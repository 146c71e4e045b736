package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;

/// Replaces the SDK's HTTP client. It sends nothing and answers at once, as if the tables were
/// empty, no limit were reached and every subkey were zero.
final class NoAws implements SdkHttpClient {
  private static final String SUBKEY =
      "{\"Mac\":\"" + Base64.getEncoder().encodeToString(new byte[32]) + "\"}";
  private static final String REFUSED =
      "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\"}";

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    var target = request.httpRequest().firstMatchingHeader("X-Amz-Target").orElse("");
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() {
        return switch (target) {
          case "TrentService.GenerateMac" -> answer(200, SUBKEY);
          case "DynamoDB_20120810.UpdateItem" ->
              body(request).contains("LIMIT#") ? answer(200, "{}") : answer(400, REFUSED);
          default -> answer(200, "{}");
        };
      }

      @Override
      public void abort() {
        // No call is in progress.
      }
    };
  }

  private static String body(HttpExecuteRequest request) {
    try (var body = request.contentStreamProvider().orElseThrow().newStream()) {
      return new String(body.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpExecuteResponse answer(int status, String body) {
    return HttpExecuteResponse.builder()
        .response(SdkHttpResponse.builder().statusCode(status).build())
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body.getBytes(UTF_8))))
        .build();
  }

  @Override
  public void close() {
    // No connection is open.
  }
}
