package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;

/// An OAuth error response, RFC 6749 §5.2, as cleaned text.
record Refusal(String error, String description) {
  private static final int LONGEST_ERROR = 64;
  private static final int LONGEST_DESCRIPTION = 300;

  static Refusal of(String error, String description) {
    return new Refusal(
        Text.clean(error, LONGEST_ERROR), Text.clean(description, LONGEST_DESCRIPTION));
  }

  /// @throws BadServer if the response is not an OAuth error
  static Refusal read(Reply reply) throws LoginException {
    if (reply.status() < 400
        || reply.status() > 499
        || !reply.body().stripLeading().startsWith("{")) {
      throw new BadServer(
          reply.uri() + " responded with status " + reply.status() + ", which is not OAuth.");
    }
    var json = reply.json();
    return of(json.string("error"), json.optionalString("error_description").orElse(""));
  }

  LoginException asException() {
    return switch (error) {
      case "access_denied" ->
          new LoginException.Denied(
              "The request was denied" + (description.isEmpty() ? "." : " (" + description + ")."));
      case "expired_token" ->
          new LoginException.Expired("The code expired before anyone approved it.");
      default -> new LoginException.Refused(error, description);
    };
  }
}
