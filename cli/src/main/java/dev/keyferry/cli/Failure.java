package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import java.io.Serial;

/// Ends a command: what happened, and what to do about it, in one line.
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

  /// What the library said, and what to do.
  static Failure of(LoginException e) {
    return switch (e) {
      case LoginException.Denied _ ->
          after(e, ExitCode.DENIED, "Nothing was stored. If that was a mistake, log in again.");
      case LoginException.Expired _ ->
          after(e, ExitCode.EXPIRED, "Log in again: 'keyferry login'.");
      case LoginException.Refused refused -> after(e, ExitCode.REFUSED, remedy(refused.error()));
      case LoginException.Unreachable _ ->
          after(e, ExitCode.UNREACHABLE, "Try again; 'keyferry doctor' looks closer.");
      case LoginException.BadServer _ ->
          after(e, ExitCode.REFUSED, "Check the address; 'keyferry doctor' looks closer.");
      case LoginException.LoggedOut _ -> after(e, ExitCode.LOGGED_OUT, "Log in: 'keyferry login'.");
      case LoginException.Storage _ ->
          after(e, ExitCode.STORAGE, "'keyferry doctor' looks closer.");
    };
  }

  private static String remedy(String error) {
    return switch (error) {
      case "invalid_client", "unauthorized_client" ->
          "Give the client_id that the server knows: --client-id.";
      case "invalid_scope" -> "Ask for less: --scope.";
      default -> "'keyferry doctor' looks closer.";
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
