package dev.keyferry.flow;

import java.util.Optional;

/// The identity provider's facts about the approving user, as far as they are known and kept. A
/// client greets the user by them. No decision depends on them.
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
