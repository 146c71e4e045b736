package dev.keyferry.codes;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// The form of access and refresh tokens: prefix, id, 256 secret bits (43 base62 digits), and the
/// CRC-32 of what precedes (6 base62 digits). The prefix lets secret scanners find a leaked token.
/// The checksum lets us refuse a typo or garbage without a read. [RefreshToken] defines the secret
/// bits.
///
/// A token is read whatever its prefix, because it may be older than the present prefix. Only a
/// token with the prefix that it was issued under matches its hash.
public enum TokenForm {
  ACCESS("_"),
  REFRESH("r_");

  public static final int SECRET_BYTES = 32;

  private static final int ID_DIGITS = 16;
  private static final int SECRET_DIGITS = 43;
  private static final int CHECKSUM_DIGITS = 6;

  private final String afterPrefix;
  private final Pattern pattern;

  /// @param afterPrefix tells the kind of token; no prefix ends in its first character
  TokenForm(String afterPrefix) {
    this.afterPrefix = afterPrefix;
    pattern =
        Pattern.compile(
            "%s%s([0-9A-Za-z]{%d})_[0-9A-Za-z]{%d}"
                .formatted(
                    TokenPrefix.FORM, afterPrefix, ID_DIGITS, SECRET_DIGITS + CHECKSUM_DIGITS));
  }

  /// The id of the key that a well-formed token belongs to.
  public Optional<KeyId> idIn(String text) {
    var form = pattern.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    var body = text.substring(0, text.length() - CHECKSUM_DIGITS);
    return text.endsWith(checksum(body)) ? Optional.of(new KeyId(form.group(1))) : Optional.empty();
  }

  /// The prefix that a well-formed token was issued under.
  public TokenPrefix prefixIn(String text) {
    return new TokenPrefix(text.substring(0, text.indexOf('_') + 1 - afterPrefix.length()));
  }

  /// The secret bits of a well-formed token, if this server wrote it: 43 digits can say slightly
  /// more than 256 bits.
  public byte[] secretIn(String text) {
    var end = text.length() - CHECKSUM_DIGITS;
    var number = Base62.decode(text.substring(end - SECRET_DIGITS, end));
    var bytes = number.setBit(Byte.SIZE * (SECRET_BYTES + 1)).toByteArray();
    return Arrays.copyOfRange(bytes, bytes.length - SECRET_BYTES, bytes.length);
  }

  public String write(TokenPrefix prefix, KeyId id, byte[] secret) {
    var body =
        prefix + afterPrefix + id + "_" + Base62.encode(new BigInteger(1, secret), SECRET_DIGITS);
    return body + checksum(body);
  }

  public static KeyId id(byte[] from) {
    return new KeyId(Base62.encode(new BigInteger(1, from), ID_DIGITS));
  }

  private static String checksum(String body) {
    var crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    return Base62.encode(BigInteger.valueOf(crc.getValue()), CHECKSUM_DIGITS);
  }
}
