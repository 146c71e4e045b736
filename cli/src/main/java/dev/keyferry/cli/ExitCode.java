package dev.keyferry.cli;

import java.util.Locale;

/// The exit codes. They are part of the interface: docs/cli.md and `--help` list them.
enum ExitCode {
  OK(0, "done"),
  FAULT(1, "an internal error"),
  USAGE(2, "an invalid option or argument"),
  LOGGED_OUT(3, "not logged in, or the login has ended"),
  DENIED(4, "the request was denied"),
  EXPIRED(5, "the code expired before anyone approved"),
  PENDING(6, "not approved yet, or a number is required: resume the login"),
  UNREACHABLE(7, "the server is unreachable or unavailable: try again"),
  REFUSED(8, "the server refused the request, or is not a login server"),
  STORAGE(9, "stored data cannot be read or written"),
  FAILED(10, "doctor or smoke found a problem");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  int number() {
    return number;
  }

  /// The `error` of the JSON output.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String meaning() {
    return meaning;
  }
}
