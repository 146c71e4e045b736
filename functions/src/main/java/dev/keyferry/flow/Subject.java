package dev.keyferry.flow;

/// The approving user: the identity provider's `sub`.
public record Subject(String value) {
  /// The partition key of the row that says whether the subject is disabled or has signed out
  /// everywhere.
  public String partitionKey() {
    return "SUBJECT#" + value;
  }
}
