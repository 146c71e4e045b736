package dev.keyferry.flow;

import java.util.Optional;

/// What the identity provider says of the approving user, as far as it is known and kept. A client
/// greets the user by it. No decision depends on it.
public record Profile(
    Optional<String> name, Optional<String> email, Optional<String> organisation) {

  public static final Profile NONE =
      new Profile(Optional.empty(), Optional.empty(), Optional.empty());

  /// Hides personal data, so that none gets into a log by accident.
  @Override
  public String toString() {
    return "Profile[hidden]";
  }
}
