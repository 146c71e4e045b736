package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// An HTTP client with limits on everything: the connection, the wait for a response, the time for
/// the whole body, and its size. It follows no redirects and keeps no cookies.
public final class Http implements AutoCloseable {
  private static final int LONGEST_REASON = 200;

  private final Limits limits;
  private final Lazy<HttpClient> secure;
  private final Lazy<HttpClient> plain;

  /// @param connect the time to connect
  /// @param whole the time from the request to the last byte of the body
  /// @param token the same for token requests. A server repeats a lost response for only half a
  /// minute, and treats a later request for replaced tokens as theft
  /// @param bodyBytes the largest body
  public record Limits(Duration connect, Duration whole, Duration token, int bodyBytes) {
    public static final Limits DEFAULT =
        new Limits(
            Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(7), 64 * 1024);
  }

  private Http(Limits limits) {
    this.limits = limits;
    // Created on first use: loading the system's certificates takes as long as the rest of a
    // command's start. A server on this machine does not need them.
    secure = Lazy.of(() -> client(limits).build());
    plain = Lazy.of(() -> client(limits).sslContext(NoTls.CONTEXT).build());
  }

  public static Http create() {
    return create(Limits.DEFAULT);
  }

  public static Http create(Limits limits) {
    return new Http(limits);
  }

  public Limits limits() {
    return limits;
  }

  /// Without it, a program that exits waits for threads that wait for a response.
  @Override
  public void close() {
    secure.ifCreated(Http::end);
    plain.ifCreated(Http::end);
  }

  private static void end(HttpClient client) {
    client.shutdownNow();
    client.close();
  }

  private static HttpClient.Builder client(Limits limits) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(Redirect.NEVER)
        .connectTimeout(limits.connect());
  }

  /// @throws LoginException.Unreachable if there is no response in time
  /// @throws LoginException.BadServer if the response is too large
  public Reply send(HttpRequest.Builder request) throws LoginException, InterruptedException {
    return send(request, limits.whole());
  }

  private Reply send(HttpRequest.Builder request, Duration whole)
      throws LoginException, InterruptedException {
    var sent = request.copy().setHeader("Accept", "application/json").build();
    if (!WebAddress.isSafe(sent.uri())) {
      throw new LoginException.BadServer(
          Text.clean(sent.uri().toString(), LONGEST_REASON)
              + " is not safe. Use https, or http to this machine.");
    }
    var client = sent.uri().getScheme().equals("https") ? secure : plain;
    var exchange = client.get().sendAsync(sent, _ -> new BoundedBody(limits.bodyBytes()));
    try {
      return reply(exchange.get(whole.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      throw failure(sent.uri(), e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new LoginException.Unreachable(
          host(sent.uri()) + " did not respond within " + whole.toSeconds() + " seconds.", e);
    } finally {
      // Ends an exchange that is still running after the timeout or an interrupt.
      exchange.cancel(true);
    }
  }

  Reply get(URI uri) throws LoginException, InterruptedException {
    return send(HttpRequest.newBuilder(uri));
  }

  /// @param parameters empty values are left out
  Reply post(URI uri, Map<String, String> parameters) throws LoginException, InterruptedException {
    return send(form(uri, parameters));
  }

  /// For token requests: takes at most [Limits#token()].
  Reply post(URI uri, Map<String, String> parameters, String idempotencyKey)
      throws LoginException, InterruptedException {
    return send(form(uri, parameters).header("Idempotency-Key", idempotencyKey), limits.token());
  }

  private static HttpRequest.Builder form(URI uri, Map<String, String> parameters) {
    return HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form(parameters)));
  }

  static String form(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .filter(parameter -> !parameter.getValue().isEmpty())
        .map(parameter ->
            URLEncoder.encode(parameter.getKey(), UTF_8)
                + "="
                + URLEncoder.encode(parameter.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static Reply reply(HttpResponse<byte[]> response) {
    return new Reply(
        response.uri(),
        response.statusCode(),
        response.headers(),
        new String(response.body(), UTF_8));
  }

  private LoginException failure(URI uri, Throwable cause) {
    for (var each = Optional.of(cause); each.isPresent(); each = causeOf(each.get())) {
      if (each.get() instanceof BoundedBody.TooLarge) {
        return new LoginException.BadServer(
            host(uri) + " sent more than " + limits.bodyBytes() + " bytes.");
      }
    }
    var reason = Text.clean(Optional.ofNullable(cause.getMessage()).orElse(""), LONGEST_REASON);
    return new LoginException.Unreachable(
        host(uri) + " could not be reached: " + (reason.isEmpty() ? name(cause) : reason) + ".",
        cause);
  }

  private static Optional<Throwable> causeOf(Throwable failure) {
    return Optional.ofNullable(failure.getCause());
  }

  private static String name(Throwable cause) {
    return cause.getClass().getSimpleName();
  }

  private static String host(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }
}
