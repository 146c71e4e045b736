package dev.keyferry.jose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.keyferry.web.MalformedRequest;
import java.io.IOException;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.Base64;
import java.util.Set;

/// Fuzzes encryption keys. An accepted key equals the one that was sent, is a key of its kind, and
/// can be encrypted to. Its normal form contains only what encryption needs.
final class EncryptionJwkFuzzTest {
  private static final Set<String> MEMBERS = Set.of("kty", "alg", "kid", "crv", "x", "y", "n", "e");
  private static final JsonMapper JSON = new JsonMapper();

  private static final BigInteger P =
      new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
  private static final BigInteger B =
      new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);

  @FuzzTest
  void an_accepted_key_is_the_public_key_that_was_sent_and_works(byte[] input)
      throws ParseException, IOException {
    var text = new String(input, UTF_8);
    String normal;
    try {
      normal = EncryptionJwk.normalForm(text);
    } catch (MalformedRequest refused) {
      assertThat(refused.error().description())
          .matches("(the member [a-z_]+|encryption_jwk) [A-Za-z0-9 ,_-]+");
      return;
    }

    assertThat(EncryptionJwk.normalForm(normal)).isEqualTo(normal);
    var key = JWK.parse(normal);
    assertThat(MEMBERS).containsAll(key.toJSONObject().keySet());
    assertThat(key.isPrivate()).isFalse();
    var sent = JSON.readTree(text);
    if (key instanceof RSAKey rsa) {
      assertThat(rsa.size()).isBetween(2048, 4096);
      assertThat(rsa.getModulus().decodeToBigInteger()).isEqualTo(number(sent, "n"));
      assertThat(rsa.getPublicExponent().decodeToBigInteger()).isEqualTo(number(sent, "e"));
    } else {
      assertThat(key.toECKey().getX().decodeToBigInteger()).isEqualTo(number(sent, "x"));
      assertThat(key.toECKey().getY().decodeToBigInteger()).isEqualTo(number(sent, "y"));
      assertOnCurve(number(sent, "x"), number(sent, "y"));
    }
    var jwe = JWEObject.parse(Jwe.encrypt(normal, "{\"access_token\":\"kf_x\"}"));
    assertThat(jwe.getHeader().getAlgorithm()).isEqualTo(key.getAlgorithm());
    assertThat(jwe.getHeader().getKeyID()).isEqualTo(key.getKeyID());
  }

  private static BigInteger number(JsonNode jwk, String member) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(jwk.path(member).asText()));
  }

  /// y² = x³ - 3x + b, FIPS 186-4 §D.1.2.3. With a point off the curve, a response would reveal
  /// information about the server's own key.
  private static void assertOnCurve(BigInteger x, BigInteger y) {
    var three = BigInteger.valueOf(3);
    assertThat(y.multiply(y).mod(P)).isEqualTo(x.pow(3).subtract(x.multiply(three)).add(B).mod(P));
    assertThat(x).isLessThan(P);
    assertThat(y).isLessThan(P);
  }
}
