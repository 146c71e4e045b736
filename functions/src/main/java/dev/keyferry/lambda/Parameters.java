package dev.keyferry.lambda;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Answer.Declined;
import dev.keyferry.flow.Answer.Given;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Scope;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Checks the parameters that more than one route takes.
final class Parameters {
  /// The parameters of an authorization request, from a device or from a browser.
  record Asked(
      Scope scope,
      Optional<String> deviceName,
      Duration lifetime,
      Optional<CodeChallenge> challenge) {}

  private static final int LONGEST_NAME = 64;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

  static final OAuthError INVALID_CHALLENGE =
      OAuthError.invalidRequest(
          "code_challenge must be 43 characters with code_challenge_method S256");

  /// A key with such a scope could do nothing but be renewed.
  static final OAuthError ONLY_OFFLINE =
      OAuthError.invalidScope("the scope must name a scope other than offline_access");

  private Parameters() {}

  static Answer<Optional<Scope>> scope(Optional<String> text) {
    var scope = text.flatMap(Scope::parse);
    return scope.isPresent() == text.isPresent()
        ? new Given<>(scope)
        : new Declined<>(OAuthError.invalidScope("the scope is malformed"));
  }

  /// The lifetime of a key, in seconds.
  static Answer<Optional<Duration>> lifetime(Optional<Long> seconds) {
    var lifetime = seconds.map(Duration::ofSeconds);
    return lifetime.filter(some -> some.compareTo(Client.MIN_LIFETIME) < 0).isEmpty()
        ? new Given<>(lifetime)
        : invalid("expires_in must be at least 60 seconds");
  }

  /// The name of a device. Users see it as untrusted text, so it must be one line with something to
  /// see.
  static Answer<Optional<String>> name(String parameter, Optional<String> text) {
    return text.filter(name -> !isLine(name, LONGEST_NAME)).isEmpty()
        ? new Given<>(text)
        : invalid(parameter + " must be one line of at most 64 visible characters");
  }

  /// Reads what a client asks for.
  ///
  /// @param parameter the value of a parameter, by its name
  static Answer<Asked> asked(Client client, Function<String, Optional<String>> parameter) {
    return scope(parameter.apply("scope"), client)
        .then(scope ->
            name("device_name", parameter.apply("device_name"))
                .then(name ->
                    lifetime(parameter.apply("expires_in"), client)
                        .then(lifetime ->
                            challenge(parameter)
                                .map(challenge -> new Asked(scope, name, lifetime, challenge)))));
  }

  /// The requested scope, RFC 6749 §3.3. By default, it is all that the client may have except
  /// refresh tokens.
  private static Answer<Scope> scope(Optional<String> text, Client client) {
    return scope(text)
        .map(asked -> asked.orElse(client.scopes().without(Scope.OFFLINE_ACCESS)))
        .filter(
            asked -> asked.within(client.scopes()),
            OAuthError.invalidScope("this client may not request this scope"))
        .filter(Scope::grantsAccess, ONLY_OFFLINE);
  }

  /// The requested lifetime of a key. By default, it is the client's.
  private static Answer<Duration> lifetime(Optional<String> text, Client client) {
    return text.filter(seconds -> !SECONDS.matcher(seconds).matches()).isEmpty()
        ? lifetime(text.map(Long::valueOf))
            .map(lifetime -> lifetime.map(client::capped).orElse(client.defaultLifetime()))
        : invalid("expires_in must be a whole number");
  }

  /// The code challenge, RFC 7636 §4.3. `plain`, its default method, protects nothing here.
  private static Answer<Optional<CodeChallenge>> challenge(
      Function<String, Optional<String>> parameter) {
    var text = parameter.apply("code_challenge");
    var method = parameter.apply("code_challenge_method");
    if (text.isEmpty() && method.isEmpty()) {
      return new Given<>(Optional.empty());
    }
    return Answer.of(
            text.filter(_ -> method.equals(Optional.of("S256"))).flatMap(CodeChallenge::parse),
            INVALID_CHALLENGE)
        .map(Optional::of);
  }

  private static <T> Answer<T> invalid(String description) {
    return new Declined<>(OAuthError.invalidRequest(description));
  }

  /// Whether a text is one line of at most this many characters, with something to see.
  static boolean isLine(String text, int longest) {
    return text.codePointCount(0, text.length()) <= longest
        && text.codePoints().noneMatch(Parameters::breaksLine)
        && !text.codePoints().allMatch(Parameters::isInvisible);
  }

  private static boolean breaksLine(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> false;
    };
  }

  private static boolean isInvisible(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || Character.getType(character) == Character.FORMAT;
  }
}
