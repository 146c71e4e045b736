package dev.keyferry.cli;

import dev.keyferry.client.DeviceLogin;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The person at the terminal while a device login waits.
final class PersonAtTerminal implements DeviceLogin.Person {
  private static final String WAITING = "waiting for approval";

  private final CommandContext context;
  private final LiveLine line;
  private final Optional<String> given;
  private final String resume;
  private final Handles.Keeper keeper;

  /// @param given the number, if it was given as an option
  /// @param resume how to continue later, for messages
  PersonAtTerminal(
      CommandContext context,
      LiveLine line,
      Optional<String> given,
      String resume,
      Handles.Keeper keeper) {
    this.keeper = keeper;
    this.context = context;
    this.line = line;
    this.given = given;
    this.resume = resume;
  }

  static LiveLine line(CommandContext context, Instant expiresAt) {
    return LiveLine.start(context.messages(), context.time().clock(), expiresAt, WAITING);
  }

  @Override
  public void waiting(Duration pause, Instant expiresAt) {
    line.show(WAITING);
  }

  @Override
  public void unreachable(String why) {
    line.show("the server does not respond, trying again");
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
    if (!context.messages().terminal().keyboard() || given.isPresent()) {
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
      context.messages().say("");
      throw e;
    } finally {
      line.release();
    }
  }

  private String ask(boolean again) throws InterruptedException {
    context
        .messages()
        .say(
            again
                ? "That is not the number on the page."
                : "Approved. To finish, enter the two-digit number that the page shows.");
    while (true) {
      context.messages().ask("Number: ");
      var typed =
          context
              .keyboard()
              .line()
              .orElseThrow(() -> new Failure(ExitCode.PENDING, "No number was entered. " + resume))
              .strip();
      if (isNumber(typed)) {
        return typed;
      }
      context.messages().say("Enter two digits, such as 47.");
    }
  }

  static boolean isNumber(String text) {
    return text.matches("[0-9]{2}");
  }
}
