package dev.keyferry.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.JWKGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.Map;

/// A device that wants encrypted responses. It holds a key pair and sends the public half.
public record Recipient(JWK pair) {
  public static final String NONCE = "n-0S6_WzA2Mj";

  public static Recipient ec() {
    return new Recipient(generated(new ECKeyGenerator(Curve.P_256).keyID("device-1")));
  }

  public static Recipient ecWithKeyWrap() {
    return new Recipient(
        generated(new ECKeyGenerator(Curve.P_256).algorithm(JWEAlgorithm.ECDH_ES_A256KW)));
  }

  public static Recipient rsa() {
    return new Recipient(generated(new RSAKeyGenerator(2048).keyID("device-2")));
  }

  private static JWK generated(JWKGenerator<?> generator) {
    try {
      return generator.generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  public String jwk() {
    return pair.toPublicJWK().toJSONString();
  }

  /// The request with the parameters added that ask for encryption.
  public Map<String, String> asks(Map<String, String> request) {
    var more = new LinkedHashMap<>(request);
    more.put("encryption_jwk", jwk());
    more.put("nonce", NONCE);
    return more;
  }

  /// The plaintext response inside an encrypted token response. Checks that nothing stands beside
  /// the JWE.
  public Reply open(Reply reply) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.json().propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("token_type", "payload");
    assertThat(reply.text("token_type")).isEqualTo("JWE");
    var opened = new Reply(200, reply.headers(), decrypted(reply.text("payload")));
    Secrets.answered(opened);
    return opened;
  }

  private String decrypted(String jwe) {
    try {
      var object = JWEObject.parse(jwe);
      assertThat(object.getHeader().getKeyID()).isEqualTo(pair.getKeyID());
      object.decrypt(
          pair instanceof ECKey ec ? new ECDHDecrypter(ec) : new RSADecrypter(pair.toRSAKey()));
      return object.getPayload().toString();
    } catch (JOSEException | ParseException e) {
      throw new AssertionError("not for this device: " + jwe, e);
    }
  }
}
