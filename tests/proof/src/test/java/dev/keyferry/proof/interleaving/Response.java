package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import java.util.function.Function;

/// The final response to a client or a user.
///
/// @param text the token response, the nonce of a screen, or the error
record Response(Kind kind, String text) {
  enum Kind {
    KEY,
    SCREEN,
    DONE,
    DECLINED,
    OUTAGE
  }

  static final Response OUTAGE = new Response(Kind.OUTAGE, "503");
  static final Response DONE = new Response(Kind.DONE, "200");
  static final Response NOT_FOUND = new Response(Kind.DECLINED, "404");

  static Response key(Answer<IssuedKey> answer) {
    return of(answer, issued -> new Response(Kind.KEY, body(issued)));
  }

  static <T> Response of(Answer<T> answer, Function<T, Response> given) {
    return switch (answer) {
      case Answer.Given(var value) -> given.apply(value);
      case Answer.Declined(var error) -> declined(error);
    };
  }

  /// All values in the token response.
  private static String body(IssuedKey issued) {
    var key = issued.key();
    return String.join(
        " ",
        issued.accessToken().reveal(),
        issued.refreshToken().map(RefreshToken::reveal).orElse("-"),
        key.generation().issuedAt().toString(),
        key.expiresAt().toString(),
        key.terms().scope().toString(),
        key.terms().subject().value());
  }

  static Response declined(OAuthError error) {
    return declined(error.code());
  }

  static Response declined(OAuthError.Code code) {
    return new Response(Kind.DECLINED, code.value());
  }

  boolean is(OAuthError.Code code) {
    return kind == Kind.DECLINED && text.equals(code.value());
  }

  String accessToken() {
    return text.substring(0, text.indexOf(' '));
  }

  RefreshToken refreshToken() {
    return RefreshToken.parse(text.split(" ", 3)[1]).orElseThrow();
  }

  @Override
  public String toString() {
    return switch (kind) {
      case KEY -> "the key " + TraceFormat.of(accessToken());
      case SCREEN -> "a screen";
      case DONE, DECLINED, OUTAGE -> text;
    };
  }
}
