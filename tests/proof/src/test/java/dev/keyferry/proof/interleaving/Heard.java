package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError;
import java.util.function.Function;

/// What a client or a user is told in the end.
///
/// @param text the token answer, the nonce of a screen, or the error
record Heard(Kind kind, String text) {
  enum Kind {
    KEY,
    SCREEN,
    DONE,
    DECLINED,
    OUTAGE
  }

  static final Heard OUTAGE = new Heard(Kind.OUTAGE, "503");
  static final Heard DONE = new Heard(Kind.DONE, "200");
  static final Heard NOT_FOUND = new Heard(Kind.DECLINED, "404");

  static Heard key(Answer<IssuedKey> answer) {
    return of(answer, issued -> new Heard(Kind.KEY, body(issued)));
  }

  static <T> Heard of(Answer<T> answer, Function<T, Heard> given) {
    return switch (answer) {
      case Answer.Given(var value) -> given.apply(value);
      case Answer.Declined(var error) -> declined(error);
    };
  }

  /// All that the token answer is made of.
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

  static Heard declined(OAuthError error) {
    return declined(error.code());
  }

  static Heard declined(OAuthError.Code code) {
    return new Heard(Kind.DECLINED, code.value());
  }

  boolean is(OAuthError.Code code) {
    return kind == Kind.DECLINED && text.equals(code.value());
  }

  String accessToken() {
    return text.substring(0, text.indexOf(' '));
  }

  @Override
  public String toString() {
    return switch (kind) {
      case KEY -> "the key " + Words.of(accessToken());
      case SCREEN -> "a screen";
      case DONE, DECLINED, OUTAGE -> text;
    };
  }
}
