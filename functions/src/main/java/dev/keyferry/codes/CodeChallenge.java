package dev.keyferry.codes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// A PKCE code challenge of method S256, RFC 7636 §4.2.
public record CodeChallenge(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

  public static Optional<CodeChallenge> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new CodeChallenge(text)) : Optional.empty();
  }

  /// The challenge that a code verifier answers, RFC 7636 §4.6. Empty if the text does not have
  /// the form of a verifier.
  public static Optional<CodeChallenge> answeredBy(String verifier) {
    if (!VERIFIER.matcher(verifier).matches()) {
      return Optional.empty();
    }
    try {
      var hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Optional.of(
          new CodeChallenge(Base64.getUrlEncoder().withoutPadding().encodeToString(hash)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
