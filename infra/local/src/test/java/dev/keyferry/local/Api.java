package dev.keyferry.local;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// Keyferry's routes, as a client, a page and an API behind the authorizer use them. It registers
/// every secret in the requests and responses, for the secret scan at the end.
public abstract class Api {
  public static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

  /// The parameters of a request for a refresh token.
  public static final Map<String, String> OFFLINE =
      Map.of("client_id", "cli", "scope", "read offline_access");

  /// The parameters of a client with an `always` confirmation policy, whose device can ask for a
  /// number.
  public static final Map<String, String> CAREFUL =
      Map.of("client_id", "careful", "confirmation_supported", "true");

  /// The address on which the client of a browser login listens.
  public static final String REDIRECT_URI = "http://127.0.0.1:49152/callback";

  /// RFC 7636 Appendix B.
  public static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  public static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  /// The secret of `reports-api`, a confidential client that may introspect.
  public static final String API_SECRET = "for-tests-alone:%+ü";

  private static final JsonMapper JSON = new JsonMapper();

  /// @param user the subject that signed in, or empty
  /// @param headers by lower-case name
  public record Call(
      String method, String path, String user, Map<String, String> headers, String body) {}

  /// The codes that a device gets.
  public record Codes(String deviceCode, String userCode) {}

  public abstract Reply send(Call call);

  public final Reply call(Call call) {
    var reply = send(call);
    Secrets.sent(call);
    Secrets.answered(reply);
    return reply;
  }

  public final Reply form(
      String path, Map<String, String> parameters, Map<String, String> headers) {
    var body =
        parameters.entrySet().stream()
            .map(parameter -> encode(parameter.getKey()) + "=" + encode(parameter.getValue()))
            .collect(Collectors.joining("&"));
    var all = new LinkedHashMap<>(headers);
    all.putIfAbsent("content-type", "application/x-www-form-urlencoded");
    return call(new Call("POST", path, "", all, body));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  public final Reply json(String path, String user, Map<String, ?> body) {
    var headers = Map.of("content-type", "application/json");
    return call(new Call("POST", path, user, headers, JSON.valueToTree(body).toString()));
  }

  public final Reply authorize(Map<String, String> parameters) {
    return form("/oauth/device/authorize", parameters, Map.of());
  }

  public final Reply authorize() {
    return authorize(Map.of("client_id", "cli"));
  }

  public final Codes codes(Map<String, String> parameters) {
    var reply = authorize(parameters);
    return new Codes(reply.text("device_code"), reply.text("user_code"));
  }

  public final Codes codes() {
    return codes(Map.of("client_id", "cli"));
  }

  public final Reply poll(String deviceCode) {
    return poll(deviceCode, Map.of(), Map.of());
  }

  public final Reply poll(
      String deviceCode, Map<String, String> more, Map<String, String> headers) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("grant_type", DEVICE_GRANT);
    parameters.put("client_id", "cli");
    parameters.put("device_code", deviceCode);
    parameters.putAll(more);
    return form("/oauth/token", parameters, headers);
  }

  public final Reply refresh(String refreshToken) {
    return refresh(refreshToken, Map.of());
  }

  public final Reply refresh(String refreshToken, Map<String, String> headers) {
    return form(
        "/oauth/token",
        Map.of("grant_type", "refresh_token", "client_id", "cli", "refresh_token", refreshToken),
        headers);
  }

  /// A whole login of a client with `offline_access`. Returns the response with its first tokens.
  public final Reply link(String user) {
    var codes = codes(OFFLINE);
    grant(user, codes.userCode());
    return poll(codes.deviceCode());
  }

  public final Reply claim(String user, String userCode) {
    return json("/oauth/device/claim", user, Map.of("user_code", userCode));
  }

  public final Reply approve(String user, String userCode, String nonce) {
    return json(
        "/oauth/device/approve", user, Map.of("user_code", userCode, "approval_nonce", nonce));
  }

  public final Reply approve(String user, String userCode, String nonce, Map<String, ?> more) {
    var body = new LinkedHashMap<String, Object>(more);
    body.put("user_code", userCode);
    body.put("approval_nonce", nonce);
    return json("/oauth/device/approve", user, body);
  }

  /// The device polls with the number that the user entered.
  public final Reply enter(String deviceCode, String number, Map<String, String> more) {
    var parameters = new LinkedHashMap<>(more);
    parameters.put("confirmation", number);
    return poll(deviceCode, parameters, Map.of());
  }

  public final Reply deny(String user, String userCode, String nonce) {
    return json("/oauth/device/deny", user, Map.of("user_code", userCode, "approval_nonce", nonce));
  }

  /// Claims and approves, as the page does.
  public final void grant(String user, String userCode) {
    var nonce = claim(user, userCode).text("approval_nonce");
    var reply = approve(user, userCode, nonce);
    if (reply.status() != 200) {
      throw new AssertionError("not approved: " + reply);
    }
  }

  /// The parameters with which a client opens the page in a browser. Their verifier is [#VERIFIER].
  public static Map<String, String> browserLogin() {
    return Map.of(
        "response_type", "code",
        "client_id", "cli",
        "redirect_uri", REDIRECT_URI,
        "scope", "read offline_access",
        "state", "a state: &=?#%+~",
        "code_challenge", CHALLENGE,
        "code_challenge_method", "S256");
  }

  /// The page shows a browser login.
  public final Reply claimLogin(String user, Map<String, ?> parameters) {
    return json("/oauth/authorize/claim", user, parameters);
  }

  public final Reply approveLogin(String user, String nonce, Map<String, ?> more) {
    var body = new LinkedHashMap<String, Object>(more);
    body.put("approval_nonce", nonce);
    return json("/oauth/authorize/approve", user, body);
  }

  public final Reply denyLogin(String user, String nonce, Map<String, ?> more) {
    var body = new LinkedHashMap<String, Object>(more);
    body.put("approval_nonce", nonce);
    return json("/oauth/authorize/deny", user, body);
  }

  /// Claims and approves a browser login. Returns the authorization code for the client.
  public final String authorizationCode(String user, Map<String, ?> parameters) {
    var nonce = claimLogin(user, parameters).text("approval_nonce");
    return approveLogin(user, nonce, Map.of()).redirected("code");
  }

  public final Reply redeem(String code) {
    return redeem(code, Map.of(), Map.of());
  }

  public final Reply redeem(String code, Map<String, String> more, Map<String, String> headers) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("grant_type", "authorization_code");
    parameters.put("client_id", "cli");
    parameters.put("redirect_uri", REDIRECT_URI);
    parameters.put("code_verifier", VERIFIER);
    parameters.put("code", code);
    parameters.putAll(more);
    return form("/oauth/token", parameters, headers);
  }

  public final Reply revoke(String token) {
    return form("/oauth/revoke", Map.of("client_id", "cli", "token", token), Map.of());
  }

  /// An `Authorization` header with a client's credentials, RFC 6749 §2.3.1.
  public static Map<String, String> basic(String clientId, String secret) {
    var basic = encode(clientId) + ":" + encode(secret);
    var header = Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8));
    return Map.of("authorization", "Basic " + header);
  }

  public final Reply introspect(String clientId, String secret, String token) {
    return form("/oauth/introspect", Map.of("token", token), basic(clientId, secret));
  }

  public final Reply introspect(String token) {
    return introspect("reports-api", API_SECRET, token);
  }

  /// The keys that a user sees as linked.
  public final Reply keys(String user) {
    return call(new Call("GET", "/keys", user, Map.of(), ""));
  }

  public final Reply revokeKey(String user, String keyId) {
    return call(new Call("DELETE", "/keys/" + keyId, user, Map.of(), ""));
  }

  public final Reply signOut(String user) {
    return call(new Call("DELETE", "/keys", user, Map.of(), ""));
  }

  public final Reply whoami(String accessToken) {
    var headers = Map.of("authorization", "Bearer " + accessToken);
    return call(new Call("GET", "/whoami", "", headers, ""));
  }

  /// A two-digit number other than `right`.
  public static String beside(String right, int steps) {
    return String.valueOf(10 + (Integer.parseInt(right) - 10 + steps) % 90);
  }
}
