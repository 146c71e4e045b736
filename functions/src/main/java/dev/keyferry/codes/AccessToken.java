package dev.keyferry.codes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// The credential that a client sends to an API. By default it begins with `kf_`; see [TokenForm].
public final class AccessToken implements Token {
  private final KeyId id;
  private final String text;

  public AccessToken(KeyId id, String text) {
    this.id = id;
    this.text = text;
  }

  public static Optional<AccessToken> parse(String text) {
    return TokenForm.ACCESS.idIn(text).map(id -> new AccessToken(id, text));
  }

  static AccessToken tagged(TokenPrefix prefix, Hasher hasher, int version, KeyId id, byte[] link) {
    var secret = Tag.on(link, "access tag", prefix, hasher, version, id);
    return new AccessToken(id, TokenForm.ACCESS.write(prefix, id, secret));
  }

  @Override
  public boolean isGenuine(Hasher hasher, int version) {
    var prefix = TokenForm.ACCESS.prefixIn(text);
    var genuine = tagged(prefix, hasher, version, id, TokenForm.ACCESS.secretIn(text));
    return MessageDigest.isEqual(genuine.bytes(), bytes());
  }

  @Override
  public KeyId id() {
    return id;
  }

  /// The token as its holder sends it.
  public String reveal() {
    return text;
  }

  @Override
  public byte[] bytes() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "AccessToken[" + id + "]";
  }
}
