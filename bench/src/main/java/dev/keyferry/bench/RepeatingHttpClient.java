package dev.keyferry.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;

<<<<<<< HEAD:bench/src/main/java/dev/keyferry/bench/RepeatingHttpClient.java
/// An HTTP client that calls DynamoDB Local during one request, whatever endpoint the SDK chose,
/// and then repeats the same bytes. So all of the SDK runs, but no network.
final class RepeatingHttpClient implements SdkHttpClient {
=======
/// An HTTP client that calls DynamoDB Local during one request, whatever endpoint the SDK has
/// chosen, and then repeats the same bytes. Everything in the SDK runs except the network.
final class RepeatedHttp implements SdkHttpClient {
>>>>>>> b7faf22 (Benchmarks say in plain English what they measure):bench/src/main/java/dev/keyferry/bench/RepeatedHttp.java
  private record Answer(SdkHttpResponse head, SdkBytes body) {}

  private final SdkHttpClient real;
  private final URI dynamo;
  private final List<Answer> answers = new ArrayList<>();
  private boolean repeating;
  private int next;

  RepeatingHttpClient(SdkHttpClient real, URI dynamo) {
    this.real = real;
    this.dynamo = dynamo;
  }

<<<<<<< HEAD:bench/src/main/java/dev/keyferry/bench/RepeatingHttpClient.java
  /// Drops the answers so far, which must not be repeated.
=======
  /// Discards the calls so far.
>>>>>>> b7faf22 (Benchmarks say in plain English what they measure):bench/src/main/java/dev/keyferry/bench/RepeatedHttp.java
  void forget() {
    answers.clear();
  }

<<<<<<< HEAD:bench/src/main/java/dev/keyferry/bench/RepeatingHttpClient.java
  /// Starts to repeat the recorded answers.
=======
  /// Marks the end of the request whose responses are repeated.
>>>>>>> b7faf22 (Benchmarks say in plain English what they measure):bench/src/main/java/dev/keyferry/bench/RepeatedHttp.java
  void repeat() {
    repeating = true;
    next = 0;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    var prepared = repeating ? null : real.prepareRequest(redirected(request));
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        if (prepared != null) {
          answers.add(answer(prepared.call()));
          return reply(answers.getLast());
        }
        if (request.contentStreamProvider().isPresent()) {
          request
              .contentStreamProvider()
              .get()
              .newStream()
              .transferTo(OutputStream.nullOutputStream());
        }
        var answer = answers.get(next);
        next = (next + 1) % answers.size();
        return reply(answer);
      }

      @Override
      public void abort() {
<<<<<<< HEAD:bench/src/main/java/dev/keyferry/bench/RepeatingHttpClient.java
        // A call ends before anything can abort it.
=======
        // A call ends before anything could abort it.
>>>>>>> b7faf22 (Benchmarks say in plain English what they measure):bench/src/main/java/dev/keyferry/bench/RepeatedHttp.java
      }
    };
  }

  private HttpExecuteRequest redirected(HttpExecuteRequest request) {
    var there =
        request.httpRequest().toBuilder()
            .protocol(dynamo.getScheme())
            .host(dynamo.getHost())
            .port(dynamo.getPort())
            .build();
    var sent = HttpExecuteRequest.builder().request(there);
    request.contentStreamProvider().ifPresent(sent::contentStreamProvider);
    return sent.build();
  }

  private static Answer answer(HttpExecuteResponse response) {
    InputStream body = response.responseBody().orElseThrow();
    return new Answer(response.httpResponse(), SdkBytes.fromInputStream(body));
  }

  private static HttpExecuteResponse reply(Answer answer) {
    return HttpExecuteResponse.builder()
        .response(answer.head())
        .responseBody(AbortableInputStream.create(answer.body().asInputStream()))
        .build();
  }

  @Override
  public void close() {
    real.close();
  }
}
