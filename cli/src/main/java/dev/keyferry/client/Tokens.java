package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a login brings, RFC 6749 §5.1.
///
/// @param expiresAt by this machine's clock; empty if the server does not say
/// @param scope what was granted
public record Tokens(
    String accessToken,
    String tokenType,
    Optional<Instant> expiresAt,
    String scope,
    Optional<String> refreshToken,
    Owner owner) {
  static final String BEARER = "Bearer";

  private static final long LONGEST_LIFE = Duration.ofDays(3650).toSeconds();
  private static final int LONGEST_SCOPE = 1000;

  /// RFC 6749 appendix A: what can stand in a header without breaking it.
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7E]{1,16384}");

  /// A token that somebody pasted, about which nothing is known.
  ///
  /// @throws LoginException.Storage if it cannot be one
  static Tokens ofKey(String key) throws LoginException {
    if (!TOKEN.matcher(key).matches()) {
      throw new LoginException.Storage("The key is empty or has characters that no key has.");
    }
    return new Tokens(key, BEARER, Optional.empty(), "", Optional.empty(), Owner.UNKNOWN);
  }

  /// @param askedScope what is granted if the answer does not say, RFC 6749 §5.1
  static Tokens read(Json answer, Instant now, String askedScope) throws LoginException {
    var type = answer.string("token_type");
    if (!type.toLowerCase(Locale.ROOT).equals("bearer")) {
      throw new BadServer(
          "The server gives tokens of a kind that is not known here: "
              + Text.clean(type, 40)
              + ".");
    }
    var refreshToken = answer.optionalString("refresh_token").filter(text -> !text.isEmpty());
    return new Tokens(
        token(answer.string("access_token")),
        BEARER,
        expiry(answer.optionalInteger("expires_in"), now),
        answer
            .optionalString("scope")
            .map(scope -> Text.clean(scope, LONGEST_SCOPE))
            .orElse(askedScope),
        refreshToken.isPresent() ? Optional.of(token(refreshToken.get())) : refreshToken,
        Owner.read(answer));
  }

  private static Optional<Instant> expiry(Optional<Long> expiresIn, Instant now) {
    return expiresIn.map(seconds -> now.plusSeconds(Math.clamp(seconds, 0L, LONGEST_LIFE)));
  }

  static String token(String text) throws LoginException {
    if (!TOKEN.matcher(text).matches()) {
      throw new BadServer("The server gives a token with characters that no token has.");
    }
    return text;
  }

  boolean isGoodAt(Instant now) {
    return expiresAt.map(now::isBefore).orElse(true);
  }

  /// These, with what they leave unsaid as it was before.
  Tokens after(Tokens before) {
    return new Tokens(
        accessToken,
        tokenType,
        expiresAt,
        scope,
        refreshToken.or(before::refreshToken),
        owner.equals(Owner.UNKNOWN) ? before.owner : owner);
  }

  @Override
  public String toString() {
    return "Tokens[" + tokenType + ", scope=" + scope + ", expiresAt=" + expiresAt + "]";
  }
}
