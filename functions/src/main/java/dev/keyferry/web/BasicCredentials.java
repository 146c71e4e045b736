package dev.keyferry.web;

import dev.keyferry.flow.Client;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// `client_secret_basic`, RFC 6749 §2.3.1: id and secret, each URL-encoded, in HTTP Basic.
public record BasicCredentials(String clientId, String secret) {
  private static final Pattern SCHEME = Pattern.compile("(?i:basic)( .*)?");
  private static final Pattern BASIC = Pattern.compile("(?i:basic) +([A-Za-z0-9+/=]+)");
  private static final Pattern COLON = Pattern.compile(":");

  /// Whether an `Authorization` header has the scheme Basic, even if its credentials are malformed.
  static boolean isBasic(String header) {
    return SCHEME.matcher(header).matches();
  }

  public static Optional<BasicCredentials> parse(String header) {
    var basic = BASIC.matcher(header);
    if (!basic.matches()) {
      return Optional.empty();
    }
    try {
      var text = new String(Base64.getDecoder().decode(basic.group(1)), StandardCharsets.UTF_8);
      var parts = COLON.split(text, 2);
      return parts.length == 2
          ? Optional.of(new BasicCredentials(decode(parts[0]), decode(parts[1])))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String decode(String encoded) {
    return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
  }

  /// Whether the secret is this client's. The secret is random and long, so a plain hash protects
  /// it.
  public boolean match(Client client) {
    return client.secretHash().filter(this::matchesHash).isPresent();
  }

  private boolean matchesHash(String hash) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var own = sha256.digest(secret.getBytes(StandardCharsets.UTF_8));
      return MessageDigest.isEqual(own, HexFormat.of().parseHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
