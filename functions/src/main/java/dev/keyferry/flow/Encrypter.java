package dev.keyferry.flow;

/// Writes the answer that carries a key, encrypted as its device asked. Always before the code or
/// the refresh token is spent on it: should it fail, unchecked, nothing was decided.
public interface Encrypter {
  /// The answer as a compact JWE, RFC 7516 §3.1; another one each time, with the same plaintext.
  String encrypt(Delivery delivery, IssuedKey issued);
}
