package dev.keyferry.jose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEDecrypter;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.text.ParseException;
import org.junit.jupiter.api.Test;

/// Tests that the holder of the private key can decrypt what was encrypted.
final class JweTest {
  private static final String JSON = "{\"access_token\":\"kf_é\"}";

  private static JWEObject decrypted(String jwe, JWEDecrypter key)
      throws JOSEException, ParseException {
    var object = JWEObject.parse(jwe);
    object.decrypt(key);
    return object;
  }

  @Test
  void to_an_ec_key_by_ecdh_es() throws JOSEException, ParseException {
    var key = new ECKeyGenerator(Curve.P_256).keyID("key 1").generate();
    var jwk = EncryptionJwk.normalForm(key.toPublicJWK().toJSONString());

    var jwe = decrypted(Jwe.encrypt(jwk, JSON), new ECDHDecrypter(key));

    assertThat(jwe.getPayload().toString()).isEqualTo(JSON);
    var header = jwe.getHeader().toJSONObject();
    assertThat(header)
        .containsOnlyKeys("alg", "enc", "typ", "cty", "kid", "epk")
        .containsEntry("alg", "ECDH-ES")
        .containsEntry("enc", "A256GCM")
        .containsEntry("typ", "JOSE")
        .containsEntry("cty", "json")
        .containsEntry("kid", "key 1");
  }

  @Test
  void to_an_ec_key_by_key_wrap() throws JOSEException, ParseException {
    var key = new ECKeyGenerator(Curve.P_256).algorithm(JWEAlgorithm.ECDH_ES_A256KW).generate();
    var jwk = EncryptionJwk.normalForm(key.toPublicJWK().toJSONString());

    var jwe = decrypted(Jwe.encrypt(jwk, JSON), new ECDHDecrypter(key));

    assertThat(jwe.getPayload().toString()).isEqualTo(JSON);
    assertThat(jwe.getHeader().toJSONObject())
        .containsOnlyKeys("alg", "enc", "typ", "cty", "epk")
        .containsEntry("alg", "ECDH-ES+A256KW");
  }

  @Test
  void to_an_rsa_key() throws JOSEException, ParseException {
    var key = new RSAKeyGenerator(2048).keyID("key 2").generate();
    var jwk = EncryptionJwk.normalForm(key.toPublicJWK().toJSONString());

    var jwe = decrypted(Jwe.encrypt(jwk, JSON), new RSADecrypter(key));

    assertThat(jwe.getPayload().toString()).isEqualTo(JSON);
    assertThat(jwe.getHeader().toJSONObject())
        .containsOnlyKeys("alg", "enc", "typ", "cty", "kid")
        .containsEntry("alg", "RSA-OAEP-256")
        .containsEntry("enc", "A256GCM")
        .containsEntry("kid", "key 2");
  }

  @Test
  void differs_each_time() throws JOSEException, ParseException {
    var key = new ECKeyGenerator(Curve.P_256).generate();
    var jwk = EncryptionJwk.normalForm(key.toPublicJWK().toJSONString());

    var one = decrypted(Jwe.encrypt(jwk, JSON), new ECDHDecrypter(key));
    var other = decrypted(Jwe.encrypt(jwk, JSON), new ECDHDecrypter(key));

    assertThat(one.getHeader().getEphemeralPublicKey())
        .isNotEqualTo(other.getHeader().getEphemeralPublicKey());
    assertThat(one.getPayload().toString()).isEqualTo(other.getPayload().toString());
  }

  @Test
  void to_a_key_that_was_never_accepted_fails_without_revealing_the_plaintext() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Jwe.encrypt("junk", JSON))
        .satisfies(
            failed -> assertThat(failed.toString() + failed.getCause()).doesNotContain("kf_"));
  }
}
