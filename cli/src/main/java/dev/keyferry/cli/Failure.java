package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import java.io.Serial;

/// Ends a command with one line that says what happened and what the reader can do.
final class Failure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  Failure(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  private Failure(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /// The message of the library, and what the reader can do.
  static Failure of(LoginException e) {
    return switch (e) {
      case LoginException.Denied _ ->
          after(e, ExitCode.DENIED, "Nothing was stored. If this was a mistake, log in again.");
      case LoginException.Expired _ ->
          after(e, ExitCode.EXPIRED, "Run 'keyferry login' to try again.");
      case LoginException.Refused refused -> after(e, ExitCode.REFUSED, remedy(refused.error()));
      case LoginException.Unreachable _ ->
          after(e, ExitCode.UNREACHABLE, "Try again, or run 'keyferry doctor' to find the cause.");
      case LoginException.BadServer _ ->
          after(
              e,
              ExitCode.REFUSED,
              "Check the address, or run 'keyferry doctor' to find the cause.");
      case LoginException.LoggedOut _ -> after(e, ExitCode.LOGGED_OUT, "Run 'keyferry login'.");
      case LoginException.Storage _ ->
          after(e, ExitCode.STORAGE, "Run 'keyferry doctor' to find the cause.");
    };
  }

  private static String remedy(String error) {
    return switch (error) {
      case "invalid_client", "unauthorized_client" ->
          "Use --client-id to give a client_id that the server knows.";
      case "invalid_scope" -> "Use --scope to request fewer scopes.";
      default -> "Run 'keyferry doctor' to find the cause.";
    };
  }

  private static Failure after(LoginException e, ExitCode exitCode, String remedy) {
    return new Failure(exitCode, e.getMessage() + " " + remedy, e);
  }

  ExitCode exitCode() {
    return exitCode;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
