package dev.keyferry.cli;

import java.util.Locale;

/// How the command ends; part of its interface, as docs/cli.md and `--help` list them.
enum ExitCode {
  OK(0, "done"),
  FAULT(1, "a fault of this program"),
  USAGE(2, "a wrong option or argument"),
  LOGGED_OUT(3, "not logged in, or no longer"),
  DENIED(4, "the person said no"),
  EXPIRED(5, "nobody approved in time"),
  PENDING(6, "not decided yet, or a number is wanted: resume the login"),
  UNREACHABLE(7, "the server was not reached or is out of order: try again"),
  REFUSED(8, "the server refused, or it is no login server"),
  STORAGE(9, "what is kept on this machine cannot be read or written"),
  FAILED(10, "doctor or smoke found something wrong");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  int number() {
    return number;
  }

  /// As `exit_code` and `error` of a JSON answer name it.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String meaning() {
    return meaning;
  }
}
