package dev.keyferry.client;

import java.net.http.HttpRequest;
import java.time.Duration;

/// HTTP with everything bounded: connecting, waiting for an answer, all of an answer's body, its
/// size. It follows no redirect and keeps no cookie.
public final class Http {
  private final Limits limits;

  /// @param connect to connect
  /// @param whole from sending to the body's last byte
  /// @param bodyBytes the largest body
  public record Limits(Duration connect, Duration whole, int bodyBytes) {
    public static final Limits DEFAULT =
        new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30), 64 * 1024);
  }

  private Http(Limits limits) {
    this.limits = limits;
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

  /// @throws LoginException.Unreachable if there is no answer in time
  /// @throws LoginException.BadServer if it is larger than allowed
  public Reply send(HttpRequest.Builder request) throws LoginException, InterruptedException {
    return Soon.later(this, request);
  }
}
