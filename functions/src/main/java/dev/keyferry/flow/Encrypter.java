package dev.keyferry.flow;

/// Encrypts the answer that carries a key, as its device asked. It always runs before the code or
/// the refresh token is spent. If it throws, nothing was decided.
public interface Encrypter {
  /// The answer as a compact JWE, RFC 7516 §3.1. Each call returns a different JWE with the same
  /// plaintext.
  String encrypt(Delivery delivery, IssuedKey issued);
}
