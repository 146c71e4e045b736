package dev.keyferry.flow;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A set of scope tokens in the order they were named, RFC 6749 §3.3.
public record Scope(List<String> tokens) {
  /// Asks for a refresh token, OpenID Connect Core §11.
  public static final String OFFLINE_ACCESS = "offline_access";

  private static final Pattern SPACE = Pattern.compile(" ");
  private static final Pattern TOKEN = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]+");

  public Scope {
    tokens = tokens.stream().distinct().toList();
  }

  public static Optional<Scope> parse(String text) {
    var tokens = SPACE.split(text, -1);
    return Stream.of(tokens).allMatch(token -> TOKEN.matcher(token).matches())
        ? Optional.of(new Scope(List.of(tokens)))
        : Optional.empty();
  }

  public boolean within(Scope other) {
    return other.tokens.containsAll(tokens);
  }

  public Scope intersect(Scope other) {
    return new Scope(tokens.stream().filter(other.tokens::contains).toList());
  }

  /// Whether a key with this scope may do anything. `offline_access` alone only renews the key.
  public boolean grantsAccess() {
    return !without(OFFLINE_ACCESS).tokens.isEmpty();
  }

  public Scope without(String token) {
    return new Scope(tokens.stream().filter(each -> !each.equals(token)).toList());
  }

  @Override
  public String toString() {
    return String.join(" ", tokens);
  }
}
