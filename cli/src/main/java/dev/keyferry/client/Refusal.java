package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;

/// A refusal as OAuth words it, RFC 6749 §5.2; cleaned text.
record Refusal(String error, String description) {
  private static final int LONGEST_ERROR = 64;
  private static final int LONGEST_DESCRIPTION = 300;

  static Refusal of(String error, String description) {
    return new Refusal(
        Text.clean(error, LONGEST_ERROR), Text.clean(description, LONGEST_DESCRIPTION));
  }

  /// @throws BadServer if the answer is no refusal of the protocol's
  static Refusal read(Reply reply) throws LoginException {
    if (reply.status() < 400
        || reply.status() > 499
        || !reply.body().stripLeading().startsWith("{")) {
      throw new BadServer(
          reply.uri() + " answered with status " + reply.status() + ", which OAuth does not know.");
    }
    var json = reply.json();
    return of(json.string("error"), json.optionalString("error_description").orElse(""));
  }

  LoginException asException() {
    return switch (error) {
      case "access_denied" ->
          new LoginException.Denied(
              "The request was denied" + (description.isEmpty() ? "." : " (" + description + ")."));
      case "expired_token" -> new LoginException.Expired("Nobody approved in time.");
      default -> new LoginException.Refused(error, description);
    };
  }
}
