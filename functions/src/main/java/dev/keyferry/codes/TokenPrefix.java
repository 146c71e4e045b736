package dev.keyferry.codes;

import java.util.regex.Pattern;

/// What the operator's tokens begin with, so that secret scanners know them for theirs: access
/// tokens with `<prefix>_`, refresh tokens with `<prefix>r_`. Hence none ends in `r`: a token is of
/// one kind, whatever the prefix. docs/decisions/0021.
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
