package dev.keyferry.jose;

import dev.keyferry.web.MalformedRequest;
import dev.keyferry.web.StrictJson;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client's parameter `encryption_jwk`: a public key to encrypt to, RFC 7517 and RFC 7518 §6. A
/// refusal uses fixed words, never those of the key.
public final class EncryptionJwk {
  /// The algorithms for the key, RFC 7518 §4.1.
  public static final List<String> ALGORITHMS =
      List.of("ECDH-ES", "ECDH-ES+A256KW", "RSA-OAEP-256");

  /// The algorithms for the content, RFC 7518 §5.1.
  public static final List<String> ENCRYPTIONS = List.of("A256GCM");

  private static final int LARGEST = 2 * 1024;
  private static final int COORDINATE_BYTES = 32;
  private static final int SHORTEST_MODULUS = 2048;

  /// Longer moduli cost more than they are worth.
  private static final int LONGEST_MODULUS = 4096;

  private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(65_537);

  /// The JDK's limit for long moduli. A longer exponent slows encryption down and adds nothing.
  private static final int LONGEST_EXPONENT = 64;

  /// The members of private keys, RFC 7518 §6.2.2, §6.3.2 and §6.4.
  private static final List<String> PRIVATE = List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

  private record Common(
      @Nullable String kty,
      @Nullable String use,
      List<String> keyOps,
      @Nullable String alg,
      @Nullable String kid) {}

  private record Ec(@Nullable String crv, @Nullable String x, @Nullable String y) {}

  private record Rsa(@Nullable String n, @Nullable String e) {}

  private EncryptionJwk() {}

  /// The key with only the members that encryption needs, `kid` and `alg`: no certificates and no
  /// addresses. A key that this method returns can be encrypted to. Any other key is an invalid
  /// request.
  public static String normalForm(String text) {
    require(text.getBytes(StandardCharsets.UTF_8).length <= LARGEST, "is larger than 2048 bytes");
    var jwk = StrictJson.parse("encryption_jwk", text);
    require(PRIVATE.stream().noneMatch(jwk::hasNonNull), "contains private key material");
    var common = StrictJson.bind(jwk, Common.class);
    require(common.use() == null || common.use().equals("enc"), "has a use other than enc");
    var members =
        switch (StrictJson.require("kty", common.kty())) {
          case "EC" -> ec(common, StrictJson.bind(jwk, Ec.class));
          case "RSA" -> rsa(common, StrictJson.bind(jwk, Rsa.class));
          default -> throw refused("is neither an EC nor an RSA key");
        };
    if (common.kid() != null) {
      members.put("kid", common.kid());
    }
    var normal = StrictJson.write(members);
    // Check now, while nothing is lost yet, and not when a code is about to be spent.
    require(Jwe.canEncryptTo(normal), "is not a valid public key");
    return normal;
  }

  private static Map<String, String> ec(Common common, Ec key) {
    require(StrictJson.require("crv", key.crv()).equals("P-256"), "is on a curve other than P-256");
    requireOperation(common, Set.of("deriveKey", "deriveBits"));
    var members = members("EC", common, "ECDH-ES", "ECDH-ES+A256KW");
    members.put("crv", "P-256");
    members.put("x", coordinate("x", key.x()));
    members.put("y", coordinate("y", key.y()));
    return members;
  }

  private static Map<String, String> rsa(Common common, Rsa key) {
    requireOperation(common, Set.of("wrapKey", "encrypt"));
    var members = members("RSA", common, "RSA-OAEP-256");
    var modulus = new BigInteger(1, bytes("n", key.n()));
    require(modulus.bitLength() >= SHORTEST_MODULUS, "has a modulus of fewer than 2048 bits");
    require(modulus.bitLength() <= LONGEST_MODULUS, "has a modulus of more than 4096 bits");
    require(modulus.testBit(0), "has an even modulus");
    var exponent = new BigInteger(1, bytes("e", key.e()));
    require(exponent.compareTo(LEAST_EXPONENT) >= 0, "has an exponent smaller than 65537");
    require(exponent.bitLength() <= LONGEST_EXPONENT, "has an exponent of more than 64 bits");
    require(exponent.testBit(0), "has an even exponent");
    members.put("n", text(unsigned(modulus)));
    members.put("e", text(unsigned(exponent)));
    return members;
  }

  /// The members of the normal form. They include the algorithm that the key names, or else the
  /// first, so that the algorithm for a key never changes.
  private static Map<String, String> members(String kty, Common common, String... algorithms) {
    var algorithm = common.alg() == null ? algorithms[0] : common.alg();
    require(List.of(algorithms).contains(algorithm), "has an unsupported alg");
    var members = new HashMap<String, String>();
    members.put("kty", kty);
    members.put("alg", algorithm);
    return members;
  }

  /// Refuses a key that is for other operations. An empty list excludes nothing: Web Cryptography
  /// §20 writes one for the public half of an ECDH pair.
  private static void requireOperation(Common common, Set<String> wanted) {
    var operations = common.keyOps();
    require(
        operations.isEmpty() || operations.stream().anyMatch(wanted::contains),
        "has key_ops that do not allow encryption");
  }

  private static String coordinate(String name, @Nullable String text) {
    var bytes = bytes(name, text);
    require(bytes.length == COORDINATE_BYTES, "has a coordinate that is not 32 bytes long");
    return text(bytes);
  }

  private static byte[] bytes(String name, @Nullable String text) {
    var encoded = StrictJson.require(name, text);
    try {
      var bytes = Base64.getUrlDecoder().decode(encoded);
      require(text(bytes).equals(encoded), "has a number that is not valid base64url");
      return bytes;
    } catch (IllegalArgumentException e) {
      throw refused("has a number that is not valid base64url");
    }
  }

  /// The bytes of a number without the zero byte that some libraries put first, RFC 7518 §6.3.1.1.
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
    return MalformedRequest.because("encryption_jwk " + why);
  }
}
