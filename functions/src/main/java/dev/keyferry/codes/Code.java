package dev.keyferry.codes;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/// The code that a client redeems for its key: base64url of locator (16 bytes) ‖ secret (32
/// bytes), 64 characters. The locator finds the grant, and the secret proves that the code is the
/// client's.
///
/// The two kinds of code look alike, but neither passes as the other: each is hashed for its own
/// [Purpose].
public sealed interface Code permits DeviceCode, AuthorizationCode {
  int SECRET_BYTES = 32;

  Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{64}");

  Locator locator();

  Secret secret();

  /// The purpose of the code's hash, and of all other hashes about its redemption.
  Purpose purpose();

  /// The code as the client sends it.
  default String reveal() {
    var bytes = Arrays.copyOf(locator().bytes(), Locator.BYTES + SECRET_BYTES);
    System.arraycopy(secret().reveal(), 0, bytes, Locator.BYTES, SECRET_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static <T extends Code> Optional<T> parse(String text, BiFunction<Locator, Secret, T> kind) {
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    var bytes = Base64.getUrlDecoder().decode(text);
    var secret = Secret.of(Arrays.copyOfRange(bytes, Locator.BYTES, bytes.length));
    return Optional.of(kind.apply(Locator.of(bytes), secret));
  }
}
