package dev.keyferry.jose;

import dev.keyferry.flow.OAuthError;
import dev.keyferry.web.Json;
import dev.keyferry.web.JsonObject;
import dev.keyferry.web.MalformedRequest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A client's parameter `encryption_jwk`: a public key to encrypt to, RFC 7517 and RFC 7518 §6.
/// What is refused is told in fixed words, never in the key's own.
public final class EncryptionJwk {
  /// RFC 7518 §4.1: what a key can be encrypted to with.
  public static final List<String> ALGORITHMS =
      List.of("ECDH-ES", "ECDH-ES+A256KW", "RSA-OAEP-256");

  /// RFC 7518 §5.1: what the answer is encrypted with.
  public static final List<String> ENCRYPTIONS = List.of("A256GCM");

  private static final int LARGEST = 2 * 1024;
  private static final int COORDINATE_BYTES = 32;
  private static final int SHORTEST_MODULUS = 2048;

  /// Longer ones cost more than they are worth.
  private static final int LONGEST_MODULUS = 4096;

  private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(65_537);

  /// As the JDK has it for long moduli: a longer one slows encryption down and adds nothing.
  private static final int LONGEST_EXPONENT = 64;

  /// RFC 7518 §6.2.2, §6.3.2 and §6.4.
  private static final List<String> PRIVATE = List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

  private EncryptionJwk() {}

  /// The key with nothing in it but what encrypting needs, `kid` and `alg`: no certificates, no
  /// addresses. A key that this returns can be encrypted to; any other is an invalid request.
  public static String normalForm(String text) {
    require(text.getBytes(StandardCharsets.UTF_8).length <= LARGEST, "is larger than 2048 bytes");
    var jwk = Json.readObject("encryption_jwk", text);
    require(PRIVATE.stream().noneMatch(jwk::has), "holds a private key, which is one no longer");
    require(jwk.optionalString("use").orElse("enc").equals("enc"), "has a use other than enc");
    var members =
        switch (jwk.string("kty")) {
          case "EC" -> ec(jwk);
          case "RSA" -> rsa(jwk);
          default -> throw refused("is neither an EC nor an RSA key");
        };
    jwk.optionalString("kid").ifPresent(kid -> members.put("kid", kid));
    var normal = Json.write(members);
    // Here, where nothing is lost yet, and not first when a code is about to be spent.
    require(Jwe.canEncryptTo(normal), "is not a valid public key");
    return normal;
  }

  private static Map<String, String> ec(JsonObject jwk) {
    require(jwk.string("crv").equals("P-256"), "is on another curve than P-256");
    requireOperation(jwk, Set.of("deriveKey", "deriveBits"));
    var members = members(jwk, "ECDH-ES", "ECDH-ES+A256KW");
    members.put("crv", "P-256");
    members.put("x", coordinate(jwk, "x"));
    members.put("y", coordinate(jwk, "y"));
    return members;
  }

  private static Map<String, String> rsa(JsonObject jwk) {
    requireOperation(jwk, Set.of("wrapKey", "encrypt"));
    var members = members(jwk, "RSA-OAEP-256");
    var modulus = new BigInteger(1, bytes(jwk, "n"));
    require(modulus.bitLength() >= SHORTEST_MODULUS, "has a modulus of less than 2048 bits");
    require(modulus.bitLength() <= LONGEST_MODULUS, "has a modulus of more than 4096 bits");
    require(modulus.testBit(0), "has an even modulus");
    var exponent = new BigInteger(1, bytes(jwk, "e"));
    require(exponent.compareTo(LEAST_EXPONENT) >= 0, "has an exponent of less than 65537");
    require(exponent.bitLength() <= LONGEST_EXPONENT, "has an exponent of more than 64 bits");
    require(exponent.testBit(0), "has an even exponent");
    members.put("n", text(unsigned(modulus)));
    members.put("e", text(unsigned(exponent)));
    return members;
  }

  /// With the algorithm that the key names, or else the first. It is kept, so that what is done
  /// with a key never changes.
  private static Map<String, String> members(JsonObject jwk, String... algorithms) {
    var algorithm = jwk.optionalString("alg").orElse(algorithms[0]);
    require(List.of(algorithms).contains(algorithm), "has an alg that is not done here");
    var members = new HashMap<String, String>();
    members.put("kty", jwk.string("kty"));
    members.put("alg", algorithm);
    return members;
  }

  /// An empty list excludes nothing: it is what Web Cryptography §20 writes for the public half of
  /// an ECDH pair.
  private static void requireOperation(JsonObject jwk, Set<String> wanted) {
    var operations = jwk.strings("key_ops");
    require(
        operations.isEmpty() || operations.stream().anyMatch(wanted::contains),
        "has key_ops that exclude encrypting to it");
  }

  private static String coordinate(JsonObject jwk, String name) {
    var bytes = bytes(jwk, name);
    require(bytes.length == COORDINATE_BYTES, "has a coordinate that is not of 32 bytes");
    return text(bytes);
  }

  private static byte[] bytes(JsonObject jwk, String name) {
    var encoded = jwk.string(name);
    try {
      var bytes = Base64.getUrlDecoder().decode(encoded);
      require(text(bytes).equals(encoded), "has a number that is not in base64url");
      return bytes;
    } catch (IllegalArgumentException e) {
      throw refused("has a number that is not in base64url");
    }
  }

  /// Some libraries prefix a zero byte, RFC 7518 §6.3.1.1; here it is gone.
  private static byte[] unsigned(BigInteger number) {
    var bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void require(boolean good, String otherwise) {
    if (!good) {
      throw refused(otherwise);
    }
  }

  private static MalformedRequest refused(String why) {
    return new MalformedRequest(OAuthError.invalidRequest("encryption_jwk " + why));
  }
}
