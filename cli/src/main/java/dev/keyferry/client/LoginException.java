package dev.keyferry.client;

import java.io.Serial;

/// The reason why there are no tokens. The messages are whole sentences for people. Text from a
/// server in them is cleaned.
public abstract sealed class LoginException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private LoginException(String message) {
    super(message);
  }

  private LoginException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The person or the server denied the request.
  public static final class Denied extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public Denied(String message) {
      super(message);
    }
  }

  /// No one decided before the code expired.
  public static final class Expired extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public Expired(String message) {
      super(message);
    }
  }

  /// The server refused the request, RFC 6749 §5.2.
  public static final class Refused extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    private final String error;
    private final String description;

    public Refused(String error, String description) {
      super(
          "The server refused the request: "
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

  /// The server was unreachable or unavailable. It may have carried out the request. The same
  /// request may succeed later.
  public static final class Unreachable extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public Unreachable(String message) {
      super(message);
    }

    public Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// The server is not an authorization server, or it breaks the protocol.
  public static final class BadServer extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public BadServer(String message) {
      super(message);
    }
  }

  /// There is no login, or it has ended. The person must log in again.
  public static final class LoggedOut extends LoginException {
    @Serial private static final long serialVersionUID = 1L;

    public LoggedOut(String message) {
      super(message);
    }
  }

  /// Stored data cannot be read or written.
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
