package dev.keyferry.codes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// The credential that renews a key. By default it begins with `kfr_`; see [TokenForm].
///
/// Its secret bits are a link of a chain, and a tag that proves that this server made the link.
/// Each link is derived from the previous token, and each access token from the refresh token of
/// its generation. A repeated refresh therefore always gives the same tokens. The tag tells a used
/// token, however old, from garbage. All of this needs the subkey `mint`, so one token reveals none
/// of the others. docs/decisions/0009. All tokens of a chain have the prefix of the first, so that
/// a repeated answer stays the same after the prefix changes.
public final class RefreshToken implements Token {
  private final TokenPrefix prefix;
  private final KeyId id;
  private final String text;

  private RefreshToken(TokenPrefix prefix, KeyId id, String text) {
    this.prefix = prefix;
    this.id = id;
    this.text = text;
  }

  public static Optional<RefreshToken> parse(String text) {
    return TokenForm.REFRESH
        .idIn(text)
        .map(id -> new RefreshToken(TokenForm.REFRESH.prefixIn(text), id, text));
  }

  /// The id of the key that this code can mint.
  ///
  /// @param version the grant's version, by which a spent code finds its key
  public static KeyId id(Hasher hasher, int version, Code code) {
    return TokenForm.id(hasher.hmac(Purpose.MINT, version, of("id", code)));
  }

  /// The first refresh token of the key that this code can mint.
  ///
  /// @param version the family's version, which holds for all later tokens
  public static RefreshToken first(
      TokenPrefix prefix, Hasher hasher, int version, KeyId id, Code code) {
    var link = hasher.hmac(Purpose.MINT, version, of("first", code));
    return tagged(prefix, hasher, version, id, link);
  }

  private static byte[] of(String label, Code code) {
    return Frame.of(label).with(code.locator().qualified()).with(code.secret().reveal()).toBytes();
  }

  private static RefreshToken tagged(
      TokenPrefix prefix, Hasher hasher, int version, KeyId id, byte[] link) {
    var secret = Tag.on(link, "tag", prefix, hasher, version, id);
    return new RefreshToken(prefix, id, TokenForm.REFRESH.write(prefix, id, secret));
  }

  /// The refresh token of a next generation.
  ///
  /// @param branch 0 for the first generation that this token is exchanged for, and one more for
  /// each that replaces it
  public RefreshToken next(Hasher hasher, int version, long branch) {
    var message = Frame.of("next").with(bytes());
    var link = link(hasher, version, branch == 0 ? message : message.with(branch));
    return tagged(prefix, hasher, version, id, link);
  }

  /// The access token of this generation.
  public AccessToken access(Hasher hasher, int version) {
    var link = link(hasher, version, Frame.of("access").with(bytes()));
    return AccessToken.tagged(prefix, hasher, version, id, link);
  }

  /// The access token of this generation as the version before tags wrote it.
  public AccessToken accessWithoutTag(Hasher hasher, int version) {
    var link = link(hasher, version, Frame.of("access").with(bytes()));
    return new AccessToken(id, TokenForm.ACCESS.write(prefix, id, link));
  }

  private static byte[] link(Hasher hasher, int version, Frame message) {
    return hasher.hmac(Purpose.MINT, version, message.toBytes());
  }

  @Override
  public boolean isGenuine(Hasher hasher, int version) {
    var genuine = tagged(prefix, hasher, version, id, TokenForm.REFRESH.secretIn(text));
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
    return "RefreshToken[" + id + "]";
  }
}
