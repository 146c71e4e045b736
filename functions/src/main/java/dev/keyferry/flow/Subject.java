package dev.keyferry.flow;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The approving user: the identity provider's `sub`. The constructor takes any text, because a
/// stored subject may be older than the rule of [#parse].
public record Subject(String value) {
  /// OpenID Connect Core §2 allows no more.
  public static final int LONGEST = 255;

  /// A subject that an operator can name, and so can disable. Only such a subject links devices.
  /// Half of a surrogate pair would be stored as a question mark, which names another subject.
  public static Optional<Subject> parse(String text) {
    return !text.isBlank()
            && text.length() <= LONGEST
            && text.chars().noneMatch(Character::isISOControl)
            && StandardCharsets.UTF_8.newEncoder().canEncode(text)
        ? Optional.of(new Subject(text))
        : Optional.empty();
  }
}
