package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/// Random values that cannot be guessed, and hashes, as base64url.
final class Base64Url {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Base64Url() {}

  static String random(int bits) {
    var bytes = new byte[bits / 8];
    RANDOM.nextBytes(bytes);
    return base64url(bytes);
  }

  static String sha256(String ascii) {
    return base64url(digest(ascii.getBytes(US_ASCII)));
  }

  static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String base64url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
