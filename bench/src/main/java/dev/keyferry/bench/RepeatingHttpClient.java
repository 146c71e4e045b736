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

/// An HTTP client that calls DynamoDB Local during one request, whatever endpoint the SDK chose,
/// and then repeats the same bytes. So all of the SDK runs, but no network.
final class RepeatingHttpClient implements SdkHttpClient {
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

  /// Drops the answers so far, which must not be repeated.
  void forget() {
    answers.clear();
  }

  /// Starts to repeat the recorded answers.
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
        // A call ends before anything can abort it.
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
