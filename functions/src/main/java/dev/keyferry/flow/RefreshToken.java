package dev.keyferry.flow;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;

/// The credential that renews a key: `kfr_` and so on, see [TokenForm].
///
/// Tokens form a chain in which each is derived from the one before, and each access token from the
/// refresh token of its generation: so the same refresh can only ever give the same tokens, whoever
/// repeats it, and an older token is recognised by where it leads. Each link needs the subkey
/// `mint`, so holding one token gives none of the others. docs/decisions/0009.
public final class RefreshToken {
  private final KeyId id;
  private final String text;

  private RefreshToken(KeyId id, String text) {
    this.id = id;
    this.text = text;
  }

  public static Optional<RefreshToken> parse(String text) {
    return TokenForm.REFRESH.idIn(text).map(id -> new RefreshToken(id, text));
  }

  /// The beginning of the chain of the key that this device code can mint.
  static RefreshToken first(KeyHasher hasher, int version, DeviceCode code) {
    var id = TokenForm.id(hasher.hmac(Purpose.MINT, version, of("id", code)));
    var secret = hasher.hmac(Purpose.MINT, version, of("first", code));
    return new RefreshToken(id, TokenForm.REFRESH.write(id, secret));
  }

  private static byte[] of(String label, DeviceCode code) {
    return Frame.of(label)
        .with(code.locator().partitionKey())
        .with(code.secret().reveal())
        .toBytes();
  }

  /// The refresh token of the next generation.
  RefreshToken next(KeyHasher hasher, int version) {
    return new RefreshToken(id, TokenForm.REFRESH.write(id, link(hasher, version, "next")));
  }

  /// The access token of this generation.
  AccessToken access(KeyHasher hasher, int version) {
    return new AccessToken(id, TokenForm.ACCESS.write(id, link(hasher, version, "access")));
  }

  private byte[] link(KeyHasher hasher, int version, String label) {
    return hasher.hmac(Purpose.MINT, version, Frame.of(label).with(bytes()).toBytes());
  }

  /// This token's descendants, from its child on.
  Stream<RefreshToken> descendants(KeyHasher hasher, int version) {
    return Stream.iterate(next(hasher, version), token -> token.next(hasher, version));
  }

  public KeyId id() {
    return id;
  }

  /// The token as its holder sends it.
  public String reveal() {
    return text;
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "RefreshToken[" + id + "]";
  }
}
