package dev.keyferry.clients;

/// A mistake in a line and its remedy. Lines count from 1.
public record Problem(int line, String message) {
  @Override
  public String toString() {
    return line + ": " + message;
  }
}
