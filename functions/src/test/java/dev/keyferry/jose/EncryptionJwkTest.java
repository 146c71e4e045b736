package dev.keyferry.jose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.StrictJson;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests of the keys that may be encrypted to. Each line of the table of refusals differs from a
/// valid key in one respect.
final class EncryptionJwkTest {
  private static final ECKey EC = ec(Curve.P_256);
  private static final RSAKey RSA = rsa(2048);

  private static final String POINT = "is not a valid public key";
  private static final String PRIVATE = "contains private key material";
  private static final String NEITHER = "is neither an EC nor an RSA key";
  private static final String SIZE = "has a coordinate that is not 32 bytes long";
  private static final String OPERATIONS = "has key_ops that do not allow encryption";
  private static final String ALGORITHM = "has an unsupported alg";
  private static final String BASE64URL = "has a number that is not valid base64url";

  /// The prime of P-256, FIPS 186-4 §D.1.2.3.
  private static final BigInteger PRIME =
      new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);

  private static final BigInteger B =
      new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);

  private static ECKey ec(Curve curve) {
    try {
      return new ECKeyGenerator(curve).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static JWK weak(int bits) {
    return rsa(bits).toPublicJWK();
  }

  private static RSAKey rsa(int bits) {
    try {
      return new RSAKeyGenerator(bits, true).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static String ec(Object... changes) {
    return with(EC.toPublicJWK(), changes);
  }

  private static String rsa(Object... changes) {
    return with(RSA.toPublicJWK(), changes);
  }

  private static String with(JWK key, Object... changes) {
    var members = new HashMap<String, Object>(key.toJSONObject());
    for (int i = 0; i < changes.length; i += 2) {
      members.put((String) changes[i], changes[i + 1]);
    }
    return StrictJson.write(members);
  }

  private static String number(BigInteger number) {
    return Base64URL.encode(number).toString();
  }

  private static String modulus(int bits) {
    return number(BigInteger.TWO.pow(bits - 1).add(BigInteger.ONE));
  }

  private static String coordinate(BigInteger number) {
    return ECKey.encodeCoordinate(256, number).toString();
  }

  private static String text(String... members) {
    return "{" + String.join(",", members) + "}";
  }

  private static String without(String jwk, String member) {
    return jwk.replaceFirst("\"" + member + "\":\"[^\"]*\",?", "").replace(",}", "}");
  }

  static Stream<Arguments> goodKeys() {
    return Stream.of(
        arguments("EC", ec(), "ECDH-ES"),
        arguments("EC by name", ec("alg", "ECDH-ES"), "ECDH-ES"),
        arguments("EC with key wrap", ec("alg", "ECDH-ES+A256KW"), "ECDH-ES+A256KW"),
        arguments("EC as WebCrypto has it", ec("key_ops", List.of(), "ext", true), "ECDH-ES"),
        arguments("EC to derive keys", ec("key_ops", List.of("x", "deriveKey")), "ECDH-ES"),
        arguments("EC to derive bits", ec("key_ops", List.of("deriveBits")), "ECDH-ES"),
        arguments("EC for encryption", ec("use", "enc"), "ECDH-ES"),
        arguments("EC with unknown members", ec("a", Map.of("b", List.of(List.of()))), "ECDH-ES"),
        arguments("EC with certificates", ec("x5c", List.of("junk"), "x5u", "junk"), "ECDH-ES"),
        arguments("EC with nulls", "{\"d\":null,\"alg\":null," + ec().substring(1), "ECDH-ES"),
        arguments("EC with the shortest x", smallX(BigInteger.ZERO), "ECDH-ES"),
        arguments("RSA", rsa(), "RSA-OAEP-256"),
        arguments("RSA by name", rsa("alg", "RSA-OAEP-256"), "RSA-OAEP-256"),
        arguments("RSA to wrap", rsa("key_ops", List.of("wrapKey")), "RSA-OAEP-256"),
        arguments("RSA to encrypt", rsa("key_ops", List.of("encrypt")), "RSA-OAEP-256"),
        arguments("RSA, the shortest", rsa("n", modulus(2048)), "RSA-OAEP-256"),
        arguments("RSA, the longest", rsa("n", modulus(4096)), "RSA-OAEP-256"),
        arguments(
            "RSA, the longest with the longest exponent",
            rsa("n", modulus(4096), "e", number(BigInteger.TWO.pow(64).subtract(BigInteger.ONE))),
            "RSA-OAEP-256"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodKeys")
  void accepts_a_key_that_can_be_encrypted_to(String name, String jwk, String algorithm)
      throws ParseException {
    var header = JWEObject.parse(Jwe.encrypt(EncryptionJwk.normalForm(jwk), "{}")).getHeader();

    assertThat(header.getAlgorithm().getName()).as(name).isEqualTo(algorithm);
    assertThat(EncryptionJwk.ALGORITHMS).contains(algorithm);
    assertThat(EncryptionJwk.ENCRYPTIONS).containsExactly(header.getEncryptionMethod().getName());
  }

  /// A point on the curve whose x is so small that x plus the prime fits into the same number of
  /// bytes.
  private static String smallX(BigInteger added) {
    for (var x = BigInteger.ONE; ; x = x.add(BigInteger.ONE)) {
      var square = x.pow(3).subtract(x.multiply(BigInteger.valueOf(3))).add(B).mod(PRIME);
      var y = square.modPow(PRIME.add(BigInteger.ONE).shiftRight(2), PRIME);
      if (y.pow(2).mod(PRIME).equals(square)) {
        return ec("x", coordinate(x.add(added)), "y", coordinate(y));
      }
    }
  }

  static Stream<Arguments> keysThatAreRefused() {
    var x = EC.getX().toString();
    var n = RSA.getModulus().toString();
    var p384 = ec(Curve.P_384).toPublicJWK();
    return Stream.of(
        arguments("nothing", "", "is not a JSON object"),
        arguments("no object", "[]", "is not a JSON object"),
        arguments("a text", "\"EC\"", "is not a JSON object"),
        arguments("no JSON", "EC", "is not valid JSON"),
        arguments("half of an object", ec().substring(0, 60), "is not valid JSON"),
        arguments("more than an object", ec() + "{}", "has content after its JSON object"),
        arguments("a repeated member", "{\"kty\":\"EC\"," + ec().substring(1), "is not valid JSON"),
        arguments(
            "a repeated member within",
            "{\"a\":{\"b\":1,\"b\":1}," + ec().substring(1),
            "is not valid JSON"),
        arguments(
            "half a character",
            ec("kid", "k").replace("\"k\"", "\"\\ud800\""),
            "is not valid JSON"),
        arguments("a deep object", "{\"a\":".repeat(340), "is not valid JSON"),
        arguments("a deep list", "{\"a\":" + "[".repeat(2000), "is not valid JSON"),
        arguments("too long", ec("kid", "k".repeat(2048)), "is larger than 2048 bytes"),
        arguments("too many bytes", ec("kid", "ü".repeat(1000)), "is larger than 2048 bytes"),
        arguments("a large modulus", rsa("n", modulus(16_384)), "is larger than 2048 bytes"),
        // Members of other types.
        arguments("kty", ec("kty", 1), "the member kty is not a string"),
        arguments("crv", ec("crv", List.of("P-256")), "the member crv is not a string"),
        arguments("x", ec("x", 5), "the member x is not a string"),
        arguments("y", ec("y", Map.of()), "the member y is not a string"),
        arguments("n", rsa("n", 5), "the member n is not a string"),
        arguments("e", rsa("e", 65_537), "the member e is not a string"),
        arguments("kid", ec("kid", 1), "the member kid is not a string"),
        arguments("alg", ec("alg", true), "the member alg is not a string"),
        arguments("use", ec("use", List.of("enc")), "the member use is not a string"),
        arguments("key_ops", ec("key_ops", "deriveKey"), "the member key_ops is not a list"),
        arguments(
            "in key_ops",
            ec("key_ops", List.of("deriveKey", 1)),
            "the member key_ops has an element of the wrong type"),
        // Missing members.
        arguments("an empty object", "{}", "the member kty is missing"),
        arguments("without crv", without(ec(), "crv"), "the member crv is missing"),
        arguments("without x", without(ec(), "x"), "the member x is missing"),
        arguments("without y", without(ec(), "y"), "the member y is missing"),
        arguments("with an empty y", ec("y", ""), "the member y is missing"),
        arguments("without n", without(rsa(), "n"), "the member n is missing"),
        arguments("without e", without(rsa(), "e"), "the member e is missing"),
        // Private and secret keys.
        arguments("EC private", StrictJson.write(EC.toJSONObject()), PRIVATE),
        arguments("EC private in a way", ec("d", 1), PRIVATE),
        arguments("RSA private", StrictJson.write(RSA.toJSONObject()), PRIVATE),
        arguments("RSA private by its prime", rsa("p", "Aw"), PRIVATE),
        arguments("RSA private by other primes", rsa("oth", List.of()), PRIVATE),
        arguments("RSA private by CRT", rsa("qi", "Aw"), PRIVATE),
        arguments("a secret", text("\"kty\":\"oct\"", "\"k\":\"" + x + "\""), PRIVATE),
        // Other kinds of keys.
        arguments("a secret without one", text("\"kty\":\"oct\""), NEITHER),
        arguments(
            "X25519",
            text("\"kty\":\"OKP\"", "\"crv\":\"X25519\"", "\"x\":\"" + x + "\""),
            NEITHER),
        arguments("EC in other letters", ec("kty", "ec"), NEITHER),
        arguments("P-384", with(p384), "is on a curve other than P-256"),
        arguments("P-521", with(ec(Curve.P_521).toPublicJWK()), "is on a curve other than P-256"),
        arguments("secp256k1", ec("crv", "secp256k1"), "is on a curve other than P-256"),
        arguments(
            "P-256 by its other name", ec("crv", "secp256r1"), "is on a curve other than P-256"),
        // Points off the curve.
        arguments("a point of P-384", with(p384, "crv", "P-256"), SIZE),
        arguments("another y", ec("y", x), POINT),
        arguments("infinity", ec("x", "A".repeat(43), "y", "A".repeat(43)), POINT),
        arguments("a coordinate beyond the prime", smallX(PRIME), POINT),
        arguments("a coordinate that is too short", ec("x", "AAAA"), SIZE),
        arguments("a coordinate that is too long", ec("x", "A".repeat(44)), SIZE),
        arguments("padded", ec("x", x + "="), BASE64URL),
        arguments("in base64", ec("x", "+" + x.substring(1)), BASE64URL),
        arguments("with a space", ec("x", " " + x.substring(1)), BASE64URL),
        arguments("with bits to spare", ec("x", "A".repeat(42) + "B"), BASE64URL),
        // RSA keys that are too weak or too expensive.
        arguments("1024 bits", with(weak(1024)), "has a modulus of fewer than 2048 bits"),
        arguments("2047 bits", rsa("n", modulus(2047)), "has a modulus of fewer than 2048 bits"),
        arguments(
            "2048 bits, all zero",
            rsa("n", "A".repeat(342)),
            "has a modulus of fewer than 2048 bits"),
        arguments("4097 bits", rsa("n", modulus(4097)), "has a modulus of more than 4096 bits"),
        arguments("8192 bits", rsa("n", modulus(8192)), "has a modulus of more than 4096 bits"),
        arguments(
            "an even modulus", rsa("n", number(BigInteger.TWO.pow(2047))), "has an even modulus"),
        arguments("no modulus", rsa("n", "AA"), "has a modulus of fewer than 2048 bits"),
        arguments("e = 0", rsa("e", "AA"), "has an exponent smaller than 65537"),
        arguments("e = 1", rsa("e", "AQ"), "has an exponent smaller than 65537"),
        arguments("e = 3", rsa("e", "Aw"), "has an exponent smaller than 65537"),
        arguments("e = 65535", rsa("e", "__8"), "has an exponent smaller than 65537"),
        arguments("e = 65538", rsa("e", "AQAC"), "has an even exponent"),
        arguments(
            "e of 65 bits",
            rsa("e", number(BigInteger.TWO.pow(64).add(BigInteger.ONE))),
            "has an exponent of more than 64 bits"),
        arguments("e = n", rsa("e", n), "has an exponent of more than 64 bits"),
        // Keys for another use.
        arguments("to sign", ec("use", "sig"), "has a use other than enc"),
        arguments("for nothing", rsa("use", ""), "has a use other than enc"),
        arguments("EC to verify", ec("key_ops", List.of("verify")), OPERATIONS),
        arguments("EC to wrap", ec("key_ops", List.of("wrapKey")), OPERATIONS),
        arguments("RSA to verify", rsa("key_ops", List.of("verify", "decrypt")), OPERATIONS),
        arguments("ES256", ec("alg", "ES256"), ALGORITHM),
        arguments("ECDH-ES+A128KW", ec("alg", "ECDH-ES+A128KW"), ALGORITHM),
        arguments("dir", ec("alg", "dir"), ALGORITHM),
        arguments("RSA's alg for EC", ec("alg", "RSA-OAEP-256"), ALGORITHM),
        arguments("RSA1_5", rsa("alg", "RSA1_5"), ALGORITHM),
        arguments("RSA-OAEP", rsa("alg", "RSA-OAEP"), ALGORITHM),
        arguments("EC's alg for RSA", rsa("alg", "ECDH-ES"), ALGORITHM),
        arguments("no alg", rsa("alg", ""), ALGORITHM));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keysThatAreRefused")
  void refuses_any_other_with_a_fixed_text(String name, String jwk, String why) {
    assertThatExceptionOfType(MalformedRequest.class)
        .as(name)
        .isThrownBy(() -> EncryptionJwk.normalForm(jwk))
        .satisfies(refused -> {
          assertThat(refused.error().code()).isEqualTo(Code.INVALID_REQUEST);
          assertThat(refused.error().description())
              .isEqualTo(why.startsWith("the member") ? why : "encryption_jwk " + why);
        });
  }

  @Test
  void keeps_only_what_encryption_needs() {
    var ec =
        ec("kid", "k ü", "use", "enc", "ext", true, "x5c", List.of("a"), "x5u", "b", "x5t", "c");
    assertThat(EncryptionJwk.normalForm(ec))
        .isEqualTo(
            "{\"alg\":\"ECDH-ES\",\"crv\":\"P-256\",\"kid\":\"k ü\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}"
                .formatted(EC.getX(), EC.getY()));

    var padded =
        rsa("n", Base64URL.encode(RSA.getModulus().decodeToBigInteger().toByteArray()).toString());
    assertThat(EncryptionJwk.normalForm(padded))
        .isEqualTo(
            "{\"alg\":\"RSA-OAEP-256\",\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"%s\"}"
                .formatted(RSA.getModulus()));
  }

  @Test
  void accepts_its_own_normal_form() {
    for (var jwk : List.of(ec("alg", "ECDH-ES+A256KW", "kid", "k"), rsa("kid", ""))) {
      var normal = EncryptionJwk.normalForm(jwk);
      assertThat(EncryptionJwk.normalForm(normal)).isEqualTo(normal);
    }
  }

  /// A key that authorize accepts must not fail at delivery. A key that authorize refuses is the
  /// client's error.
  @Test
  void every_key_is_refused_or_can_be_encrypted_to() {
    var random = new Random(7516);
    var texts = goodKeys().map(good -> (String) good.get()[1]).toList();
    var taken = 0;
    for (int i = 0; i < 4000; i++) {
      var text = new StringBuilder(texts.get(random.nextInt(texts.size())));
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        text.setCharAt(random.nextInt(text.length()), (char) (32 + random.nextInt(95)));
      }
      try {
        Jwe.encrypt(EncryptionJwk.normalForm(text.toString()), "{}");
        taken++;
      } catch (MalformedRequest refused) {
        assertThat(refused.error().code()).isEqualTo(Code.INVALID_REQUEST);
      }
    }
    assertThat(taken).as("changed keys that are still valid").isGreaterThan(100);
  }
}
