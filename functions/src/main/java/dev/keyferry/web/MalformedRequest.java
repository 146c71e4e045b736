package dev.keyferry.web;

import dev.keyferry.flow.OAuthError;

/// A request that cannot be read. The answer is always `400 invalid_request`. A request that can be
/// read but is refused is a [dev.keyferry.flow.Answer.Declined].
public final class MalformedRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String description;

  private MalformedRequest(String description) {
    super(description);
    this.description = description;
  }

  /// @param description fixed public text
  public static MalformedRequest because(String description) {
    return new MalformedRequest(description);
  }

  public OAuthError error() {
    return OAuthError.invalidRequest(description);
  }
}
