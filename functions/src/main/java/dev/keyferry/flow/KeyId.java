package dev.keyferry.flow;

/// The public name of a key: 16 base62 characters. Not a secret.
public record KeyId(String value) {
  /// The partition key of the key's item.
  public String partitionKey() {
    return "KEY#" + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
