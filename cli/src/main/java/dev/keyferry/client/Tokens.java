package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The tokens of a login, RFC 6749 §5.1.
///
/// @param expiresAt by this machine's clock; empty if the server does not say
/// @param scope the granted scope
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

  /// RFC 6749 appendix A: the characters that are safe in a header.
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7E]{1,16384}");

  /// A token that a person pasted. Nothing else is known about it.
  ///
  /// @throws LoginException.Storage if the text cannot be a token
  static Tokens ofKey(String key) throws LoginException {
    if (!TOKEN.matcher(key).matches()) {
      throw new LoginException.Storage("The key is empty or contains invalid characters.");
    }
    return new Tokens(key, BEARER, Optional.empty(), "", Optional.empty(), Owner.UNKNOWN);
  }

  /// @param askedScope the requested scope, which is granted if the response names none, RFC 6749
  /// §5.1
  static Tokens read(Json answer, Instant now, String askedScope) throws LoginException {
    var type = answer.string("token_type");
    if (!type.toLowerCase(Locale.ROOT).equals("bearer")) {
      throw new BadServer(
          "The server issued a token of an unsupported type: " + Text.clean(type, 40) + ".");
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
      throw new BadServer("The server issued a token with invalid characters.");
    }
    return text;
  }

  boolean isValidAt(Instant now) {
    return expiresAt.map(now::isBefore).orElse(true);
  }

  /// These tokens, with missing values taken from the previous ones.
  Tokens withMissingFrom(Tokens previous) {
    return new Tokens(
        accessToken,
        tokenType,
        expiresAt,
        scope,
        refreshToken.or(previous::refreshToken),
        owner.equals(Owner.UNKNOWN) ? previous.owner : owner);
  }

  @Override
  public String toString() {
    return "Tokens[" + tokenType + ", scope=" + scope + ", expiresAt=" + expiresAt + "]";
  }
}
