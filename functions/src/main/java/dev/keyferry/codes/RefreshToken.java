package dev.keyferry.codes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/// The credential that renews a key. By default it begins with `kfr_`; see [TokenForm].
///
/// Its secret bits are a link of a chain, and a tag that proves that this server made the link.
/// Each link is derived from the previous token, and each access token from the refresh token of
/// its generation. A repeated refresh therefore always gives the same tokens. The tag tells a used
/// token, however old, from garbage. All of this needs the subkey `mint`, so one token reveals none
/// of the others. docs/decisions/0009. All tokens of a chain have the prefix of the first, so that
/// a repeated answer stays the same after the prefix changes.
public final class RefreshToken {
  private static final int CHAIN_BYTES = TokenForm.SECRET_BYTES / 2;

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
    var chain = Arrays.copyOf(link, CHAIN_BYTES);
    var tagged = Frame.of("tag").with(prefix).with(id).with(chain).toBytes();
    var tag = hasher.hmac(Purpose.MINT, version, tagged);
    var secret = Arrays.copyOf(chain, TokenForm.SECRET_BYTES);
    System.arraycopy(tag, 0, secret, CHAIN_BYTES, TokenForm.SECRET_BYTES - CHAIN_BYTES);
    return new RefreshToken(prefix, id, TokenForm.REFRESH.write(prefix, id, secret));
  }

  /// The refresh token of the next generation.
  public RefreshToken next(Hasher hasher, int version) {
    return tagged(prefix, hasher, version, id, link(hasher, version, "next"));
  }

  /// The access token of this generation.
  public AccessToken access(Hasher hasher, int version) {
    return new AccessToken(id, TokenForm.ACCESS.write(prefix, id, link(hasher, version, "access")));
  }

  private byte[] link(Hasher hasher, int version, String label) {
    return hasher.hmac(Purpose.MINT, version, Frame.of(label).with(bytes()).toBytes());
  }

  /// Whether the token was made for this key, in this or another generation. Compares in constant
  /// time.
  public boolean isGenuine(Hasher hasher, int version) {
    var genuine = tagged(prefix, hasher, version, id, TokenForm.REFRESH.secretIn(text));
    return MessageDigest.isEqual(genuine.bytes(), bytes());
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
    return "RefreshToken[" + id + "]";
  }
}
