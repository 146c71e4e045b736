package dev.keyferry.flow;

import java.util.Optional;

/// What the identity provider says of the approving user, as far as it is known and to be kept: for
/// a client to greet the right person by. Nothing is decided by it.
public record Profile(
    Optional<String> name, Optional<String> email, Optional<String> organisation) {

  public static final Profile NONE =
      new Profile(Optional.empty(), Optional.empty(), Optional.empty());

  /// Personal data, so in no log by accident.
  @Override
  public String toString() {
    return "Profile[hidden]";
  }
}
