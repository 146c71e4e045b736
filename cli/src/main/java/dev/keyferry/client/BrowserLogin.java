package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Expired;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The browser flow for a program on the same machine: authorization code with PKCE and a loopback
/// redirect (RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 9207).
public final class BrowserLogin implements AutoCloseable {
  private static final int STATE_BITS = 256;
  private static final int VERIFIER_BITS = 256;
  private static final int IDEMPOTENCY_BITS = 128;

  private final Server server;
  private final LoginRequest request;
  private final Time time;
  private final Callback callback;
  private final String verifier;
  private final URI authorizationUri;
  private final URI opener;

  private BrowserLogin(Server server, LoginRequest request, Time time, URI endpoint)
      throws LoginException {
    this.server = server;
    this.request = request;
    this.time = time;
    verifier = Base64Url.random(VERIFIER_BITS);
    var state = Base64Url.random(STATE_BITS);
    callback = Callback.listen(state);
    authorizationUri = with(endpoint, parameters(state));
    opener = callback.opener(authorizationUri);
  }

  public static BrowserLogin start(Server server, LoginRequest request) throws LoginException {
    return start(server, request, Time.SYSTEM);
  }

  /// Starts to listen, and builds the address for the browser.
  public static BrowserLogin start(Server server, LoginRequest request, Time time)
      throws LoginException {
    var metadata = server.metadata();
    var endpoint =
        metadata
            .authorizationEndpoint()
            .orElseThrow(
                () -> new BadServer(metadata.issuer() + " does not support browser logins."));
    checkOrigin(metadata, endpoint);
    return new BrowserLogin(server, request, time, endpoint);
  }

  /// Without `iss`, nothing says which server a code comes from. Metadata that sends people to one
  /// server and codes to another is then the mix-up attack of RFC 9207 §1.
  private static void checkOrigin(Metadata metadata, URI endpoint) throws LoginException {
    var token = metadata.tokenEndpoint();
    if (!metadata.issAnnounced()
        && token.isPresent()
        && !WebAddress.isSameOrigin(token.get(), endpoint)) {
      throw new BadServer(
          metadata.issuer()
              + " sends people to one server and codes to another, which is not safe.");
    }
  }

  private Map<String, String> parameters(String state) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("response_type", "code");
    parameters.put("client_id", request.clientId());
    parameters.put("redirect_uri", callback.uri().toString());
    parameters.put("scope", request.scope());
    parameters.put("state", state);
    parameters.put("code_challenge", Base64Url.sha256(verifier));
    parameters.put("code_challenge_method", "S256");
    parameters.put(
        "device_name", Text.clean(request.deviceName(), DeviceLogin.LONGEST_DEVICE_NAME));
    request
        .lifetime()
        .ifPresent(life -> parameters.put("expires_in", Long.toString(life.toSeconds())));
    // OpenID Connect Core §11: without it, the server issues no refresh token.
    if (Arrays.asList(request.scope().split(" "))
        .containsAll(List.of("openid", "offline_access"))) {
      parameters.put("prompt", "consent");
    }
    return parameters;
  }

  /// RFC 6749 §3.1: the endpoint may already have a query.
  private static URI with(URI endpoint, Map<String, String> parameters) {
    var text = endpoint.toString();
    return URI.create(text + (text.contains("?") ? "&" : "?") + Http.form(parameters));
  }

  /// The address for the command that opens the browser. It is on this machine and redirects to
  /// [#authorizationUri()], once. Other users of the machine can read the command's arguments. With
  /// the `state`, they could approve as themselves, and this program would act in their name.
  public URI opener() {
    return opener;
  }

  /// The authorization request itself, for people to copy.
  public URI authorizationUri() {
    return authorizationUri;
  }

  /// Waits for the redirect, and redeems its code.
  ///
  /// @throws LoginException.Denied if the person or the server denies the request
  /// @throws LoginException.Expired if no redirect arrives in time
  public Tokens await(Duration atMost) throws LoginException, InterruptedException {
    time.sleeper().sleep(atMost, callback.arrived());
    var answer =
        callback.answer().orElseThrow(() -> new Expired("The browser did not return in time."));
    close();
    checkIssuer(answer);
    if (answer.containsKey("error")) {
      throw Refusal.of(
              answer.getOrDefault("error", ""), answer.getOrDefault("error_description", ""))
          .asException();
    }
    return redeem(answer.getOrDefault("code", ""));
  }

  /// RFC 9207 §2.4: a response from another server is a mix-up attack, and its code must not be
  /// sent anywhere.
  private void checkIssuer(Map<String, String> answer) throws LoginException {
    var expected = server.metadata().issuer().toString();
    var iss = answer.get("iss");
    if (iss == null ? server.metadata().issAnnounced() : !iss.equals(expected)) {
      throw new BadServer(
          "The response did not come from " + expected + ", so the login was canceled.");
    }
  }

  private Tokens redeem(String code) throws LoginException, InterruptedException {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("grant_type", "authorization_code");
    parameters.put("code", code);
    parameters.put("redirect_uri", callback.uri().toString());
    parameters.put("client_id", request.clientId());
    parameters.put("code_verifier", verifier);
    var asked = time.clock().instant();
    var reply =
        PersistentRequest.send(server, time, parameters, Base64Url.random(IDEMPOTENCY_BITS));
    if (reply.status() != 200) {
      throw Refusal.read(reply).asException();
    }
    return Tokens.read(reply.json(), asked, request.scope());
  }

  /// Stops listening.
  @Override
  public void close() {
    callback.close();
  }
}
