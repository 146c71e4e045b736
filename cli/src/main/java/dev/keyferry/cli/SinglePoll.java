package dev.keyferry.cli;

import dev.keyferry.client.DeviceLogin;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Polls a login once, and does not wait for a decision.
final class SinglePoll implements DeviceLogin.Person {
  private final Optional<String> number;
  private final String resumption;
  private final Handles.Keeper keeper;
  private boolean polled;

  SinglePoll(Optional<String> number, String resumption, Handles.Keeper keeper) {
    this.keeper = keeper;
    this.number = number;
    this.resumption = resumption;
  }

  /// Called before each poll, including the first.
  @Override
  public void waiting(Duration pause, Instant expiresAt) {
    if (polled) {
      throw new Failure(ExitCode.PENDING, "The request is not approved yet. Try again later.");
    }
    polled = true;
  }

  @Override
  public void unreachable(String why) {
    throw new Failure(ExitCode.UNREACHABLE, "The server does not respond. Try again later.");
  }

  @Override
  public void undecided(Pending pending) throws LoginException {
    keeper.keep(pending);
  }

  @Override
  public String number(boolean again) {
    if (number.isPresent() && !again) {
      return number.get();
    }
    throw new Failure(
        ExitCode.PENDING,
        (again
                ? "That is not the number on the page."
                : "The request is approved, but you must enter the number that the page shows.")
            + " "
            + resumption);
  }
}
