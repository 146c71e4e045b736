package dev.keyferry.codes;

import java.util.regex.Pattern;

/// The prefix of the operator's tokens, by which secret scanners recognize them. Access tokens
/// begin with `<prefix>_`, and refresh tokens with `<prefix>r_`. No prefix ends in `r`, so that the
/// kind of a token is clear whatever the prefix. docs/decisions/0021.
public record TokenPrefix(String value) {
  /// 2 to 10 characters; `template.yaml` allows the same.
  public static final String FORM = "[a-z][a-z0-9]{0,8}[a-qs-z0-9]";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  public static final TokenPrefix DEFAULT = new TokenPrefix("kf");

  public TokenPrefix {
    if (!PATTERN.matcher(value).matches()) {
      throw new IllegalArgumentException("not a valid token prefix: " + value);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
