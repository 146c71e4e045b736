package dev.keyferry.local;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The API through the gateway. Users sign in at the identity provider.
public final class OverHttp extends Api {
  private final Http http = new Http();
  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private final URI api;
  private final URI issuer;

  public OverHttp(LocalKeyferry stack) {
    this(stack.url(), stack.issuer());
  }

  public OverHttp(URI api, URI issuer) {
    this.api = api;
    this.issuer = issuer;
  }

  @Override
  public Reply send(Call call) {
    var headers = new LinkedHashMap<>(call.headers());
    if (!call.user().isEmpty()) {
      headers.put("authorization", "Bearer " + tokenOf(call.user()));
    }
    return exchange(api.resolve(call.path()), call.method(), headers, call.body());
  }

  Reply sendBytes(String path, Map<String, String> headers, byte[] body) {
    return exchange(api.resolve(path), "POST", headers, BodyPublishers.ofByteArray(body));
  }

  public String tokenOf(String user) {
    return tokens.computeIfAbsent(user, name -> token(name, "keyferry/approve"));
  }

  /// A user's access token, as the design gives it to scripts.
  public String token(String user, String scope) {
    var form =
        "grant_type=client_credentials&client_id=%s&client_secret=any&scope=%s"
            .formatted(user, scope);
    var headers = Map.of("content-type", "application/x-www-form-urlencoded");
    var reply = exchange(URI.create(issuer + "/token"), "POST", headers, form);
    Secrets.answered(reply);
    return reply.text("access_token");
  }

  private Reply exchange(URI url, String method, Map<String, String> headers, String body) {
    return exchange(url, method, headers, BodyPublishers.ofString(body));
  }

  private Reply exchange(URI url, String method, Map<String, String> headers, BodyPublisher body) {
    return http.exchange(url, method, headers, body);
  }
}
