package dev.keyferry.clients;

/// What is wrong with a line, counted from 1, and what would be right.
public record Problem(int line, String message) {
  @Override
  public String toString() {
    return line + ": " + message;
  }
}
