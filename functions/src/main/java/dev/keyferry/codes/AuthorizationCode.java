package dev.keyferry.codes;

import java.util.Optional;

/// The code that a browser carries from the consent screen to its client, RFC 6749 §4.1.2.
///
/// It is derived from the nonce of that screen, not drawn. If the answer to an approval is lost, a
/// repeated approval gives the same code. docs/decisions/0017.
public record AuthorizationCode(Locator locator, Secret secret) implements Code {
  public static Optional<AuthorizationCode> parse(String text) {
    return Code.parse(text, AuthorizationCode::new);
  }

  public static AuthorizationCode of(Hasher hasher, ApprovalNonce nonce) {
    return new AuthorizationCode(
        Locator.of(derive(hasher, "code locator", nonce)),
        Secret.of(derive(hasher, "code secret", nonce)));
  }

  private static byte[] derive(Hasher hasher, String label, ApprovalNonce nonce) {
    var message = Frame.of(label).with(nonce.bytes()).toBytes();
    return hasher.hmac(Purpose.AUTHORIZATION_CODE, hasher.version(), message);
  }

  @Override
  public Purpose purpose() {
    return Purpose.AUTHORIZATION_CODE;
  }

  /// The message for the stored hash. It includes the locator and the redirect URI, so that another
  /// redirect URI fits as little as another secret (RFC 6749 §4.1.3).
  public byte[] message(String redirectUri) {
    return Frame.of("secret")
        .with(locator.qualified())
        .with(secret.reveal())
        .with(redirectUri)
        .toBytes();
  }
}
