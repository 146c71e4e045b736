package dev.keyferry.cli;

import dev.keyferry.client.DeviceLogin;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The person at the terminal while a device login waits.
final class AtTerminal implements DeviceLogin.Person {
  private static final String WAITING = "waiting for approval";

  private final Desk desk;
  private final LiveLine line;
  private final Optional<String> given;
  private final String resume;
  private final Handles.Keeper keeper;

  /// @param given the number, if it was given as an option
  /// @param resume how to continue later, for messages
  AtTerminal(
      Desk desk, LiveLine line, Optional<String> given, String resume, Handles.Keeper keeper) {
    this.keeper = keeper;
    this.desk = desk;
    this.line = line;
    this.given = given;
    this.resume = resume;
  }

  static LiveLine line(Desk desk, Instant expiresAt) {
    return LiveLine.start(desk.talk(), desk.time().clock(), expiresAt, WAITING);
  }

  @Override
  public void waiting(Duration pause, Instant expiresAt) {
    line.what(WAITING);
  }

  @Override
  public void unreachable(String why) {
    line.what("the server does not respond, trying again");
  }

  @Override
  public void undecided(Pending pending) throws LoginException {
    keeper.keep(pending);
  }

  @Override
  public String number(boolean again) throws InterruptedException {
    if (given.isPresent() && !again) {
      return given.get();
    }
    if (!desk.talk().terminal().keyboard() || given.isPresent()) {
      throw new Failure(
          ExitCode.PENDING,
          (again
                  ? "That is not the number on the page."
                  : "The request is approved, but you must enter the number that the page shows.")
              + " "
              + resume);
    }
    line.hold();
    try {
      return ask(again);
    } catch (InterruptedException e) {
      desk.talk().say("");
      throw e;
    } finally {
      line.release();
    }
  }

  private String ask(boolean again) throws InterruptedException {
    desk.talk()
        .say(
            again
                ? "That is not the number on the page."
                : "Approved. To finish, enter the two-digit number that the page shows.");
    while (true) {
      desk.talk().ask("Number: ");
      var typed =
          desk.keyboard()
              .line()
              .orElseThrow(() -> new Failure(ExitCode.PENDING, "No number was entered. " + resume))
              .strip();
      if (isNumber(typed)) {
        return typed;
      }
      desk.talk().say("Enter two digits, such as 47.");
    }
  }

  static boolean isNumber(String text) {
    return text.matches("[0-9]{2}");
  }
}
