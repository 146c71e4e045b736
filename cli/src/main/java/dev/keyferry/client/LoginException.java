package dev.keyferry.client;

import java.io.Serial;

/// Why there are no tokens. The messages are for people: whole sentences, and what a server said in
/// them has been cleaned.
public abstract sealed class LoginException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private LoginException(String message) {
    super(message);
  }

  private LoginException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The person, or the server for them, said no.
  public static final class Denied extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public Denied(String message) {
      super(message);
    }
  }

  /// Nobody decided in time.
  public static final class Expired extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public Expired(String message) {
      super(message);
    }
  }

  /// The server refused, RFC 6749 §5.2.
  public static final class Refused extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    private final String error;
    private final String description;

    public Refused(String error, String description) {
      super(
          "The server refused: "
              + error
              + (description.isEmpty() ? "." : " (" + description + ")."));
      this.error = error;
      this.description = description;
    }

    /// Such as `invalid_scope`.
    public String error() {
      return error;
    }

    /// May be empty.
    public String description() {
      return description;
    }
  }

  /// The server was not reached, or could not answer for the moment: nothing was decided, and the
  /// same may work later.
  public static final class Unreachable extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public Unreachable(String message) {
      super(message);
    }

    public Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// What answered is no authorization server, or one that breaks the protocol.
  public static final class BadServer extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public BadServer(String message) {
      super(message);
    }
  }

  /// There is no login, or it has ended: log in again.
  public static final class LoggedOut extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public LoggedOut(String message) {
      super(message);
    }
  }

  /// What this machine keeps cannot be read or written.
  public static final class Storage extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public Storage(String message) {
      super(message);
    }

    public Storage(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
