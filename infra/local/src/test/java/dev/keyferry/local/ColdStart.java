package dev.keyferry.local;

import dev.keyferry.lambda.Clients;
import dev.keyferry.local.ToHandlers.Encoding;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/// A JVM of its own that nothing but the functions run in: for [NimbusOnDemandTest] to see which
/// classes they load. First logins that ask for no encryption, then such that do; between the two
/// the class [PlainIsOver] is loaded.
final class ColdStart {
  /// Marks the place.
  record PlainIsOver() {}

  private final Api api;

  private ColdStart(Api api) {
    this.api = api;
  }

  /// @param args the template
  public static void main(String[] args) throws IOException, GeneralSecurityException {
    try (var aws = LocalAws.embedded(0)) {
      var tables = Map.of("GrantsTable", "Grants", "KeysTable", "Keys");
      var values = new HashMap<>(tables);
      values.put("HashKey.Arn", aws.hashKey());
      values.put("IssuerUrl", "https://issuer.example");
      values.put("Audience", "keyferry");
      values.put("PageClientId", "page");
      values.put("PublicUrl", "https://keyferry.example");
      var template = new Template(Path.of(args[0]), values);
      tables.forEach((id, name) -> aws.createTable(name, template.properties(id)));
      var functions =
          new Functions(
              template,
              aws,
              Clients.ofArtifact(),
              Clock.systemUTC(),
              (_, connection) -> connection,
              System.err::println,
              System.err::println);
      new ColdStart(new ToHandlers(template.routes(), Invoker.of(functions), Encoding.TEXT)).run();
    }
    // DynamoDB Local leaves threads behind.
    System.exit(0);
  }

  private void run() throws GeneralSecurityException {
    expect(get("/.well-known/oauth-authorization-server"), 200);
    expect(api.authorize(Map.of("client_id", "cli", "nonce", "n")), 200);
    var linked = login(Map.of());
    expect(api.whoami(linked.text("access_token")), 200);
    expect(api.refresh(linked.text("refresh_token")), 200);
    System.out.println("without encryption: " + new PlainIsOver());
    for (var jwk : new String[] {ec("ECDH-ES"), ec("ECDH-ES+A256KW"), rsa()}) {
      expect(api.authorize(Map.of("client_id", "cli", "encryption_jwk", "{" + jwk)), 400);
      var encrypted = login(Map.of("encryption_jwk", jwk, "nonce", "n"));
      if (!encrypted.text("token_type").equals("JWE")) {
        throw new AssertionError(encrypted);
      }
    }
    expect(api.authorize(Map.of("client_id", "cli", "encryption_jwk", offCurve())), 400);
  }

  private Reply get(String path) {
    return api.call(new Api.Call("GET", path, "", Map.of(), ""));
  }

  private Reply login(Map<String, String> more) {
    var asked = new HashMap<>(Api.OFFLINE);
    asked.putAll(more);
    var codes = api.codes(asked);
    api.grant("alice", codes.userCode());
    return expect(api.poll(codes.deviceCode()), 200);
  }

  private static Reply expect(Reply reply, int status) {
    if (reply.status() != status) {
      throw new AssertionError(reply);
    }
    return reply;
  }

  private static String ec(String algorithm) throws GeneralSecurityException {
    var pairs = KeyPairGenerator.getInstance("EC");
    pairs.initialize(256);
    var point = ((ECPublicKey) pairs.generateKeyPair().getPublic()).getW();
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}"
        .formatted(algorithm, encoded(point.getAffineX(), 32), encoded(point.getAffineY(), 32));
  }

  private static String offCurve() {
    var one = encoded(BigInteger.ONE, 32);
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"}".formatted(one, one);
  }

  private static String rsa() throws GeneralSecurityException {
    var pairs = KeyPairGenerator.getInstance("RSA");
    pairs.initialize(2048);
    var key = (RSAPublicKey) pairs.generateKeyPair().getPublic();
    return "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}"
        .formatted(encoded(key.getModulus(), 256));
  }

  private static String encoded(BigInteger number, int length) {
    var bytes = number.toByteArray();
    var whole = new byte[length];
    var from = Math.max(0, bytes.length - length);
    System.arraycopy(bytes, from, whole, length - (bytes.length - from), bytes.length - from);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }
}
