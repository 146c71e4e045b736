package dev.keyferry.flow;

import dev.keyferry.codes.RefreshToken;

/// An encrypter that encrypts nothing and exposes its input. It fails on request.
final class TestEncrypter implements Encrypter {
  private boolean failing;

  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  void fail() {
    failing = true;
  }

  void recover() {
    failing = false;
  }

  static String text(Delivery delivery, IssuedKey issued) {
    return String.join(
        " ",
        delivery.jwk(),
        delivery.nonce().orElse("-"),
        issued.accessToken().reveal(),
        issued.refreshToken().map(RefreshToken::reveal).orElse("-"),
        issued.key().expiresAt().toString());
  }

  @Override
  public String encrypt(Delivery delivery, IssuedKey issued) {
    if (failing) {
      throw new Broken();
    }
    return text(delivery, issued);
  }
}
