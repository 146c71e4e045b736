package dev.keyferry.web;

import dev.keyferry.flow.OAuthError;

/// A request that is refused before the protocol looks at it.
public final class MalformedRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient OAuthError error;

  public MalformedRequest(OAuthError error) {
    super(error.description());
    this.error = error;
  }

  static MalformedRequest because(String description) {
    return new MalformedRequest(OAuthError.invalidRequest(description));
  }

  public OAuthError error() {
    return error;
  }
}
