package dev.keyferry.codes;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The credential that a client sends to an API. By default it begins with `kf_`; see [TokenForm].
public final class AccessToken {
  private final KeyId id;
  private final String text;

  public AccessToken(KeyId id, String text) {
    this.id = id;
    this.text = text;
  }

  public static Optional<AccessToken> parse(String text) {
    return TokenForm.ACCESS.idIn(text).map(id -> new AccessToken(id, text));
  }

  public KeyId id() {
    return id;
  }

  /// The token as its holder sends it.
  public String reveal() {
    return text;
  }

  public byte[] bytes() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "AccessToken[" + id + "]";
  }
}
