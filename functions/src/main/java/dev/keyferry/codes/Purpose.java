package dev.keyferry.codes;

/// The purpose of a subkey. A subkey serves one purpose only, so a hash made for one purpose can
/// never pass as a hash for another.
public enum Purpose {
  /// Turns a device secret into its user code, and a user code into its grant's locator.
  USER_CODE("user-code"),
  /// Hashes the device secret, and the `Idempotency-Key` of the poll that redeemed it.
  DEVICE_CODE("device-code"),
  /// Derives an authorization code from the nonce of the approving screen. Hashes the code's
  /// secret, and the `Idempotency-Key` of the request that redeemed it.
  AUTHORIZATION_CODE("authorization-code"),
  /// Hashes the approval nonce that the page holds between claim and approve.
  APPROVAL("approval"),
  /// Seals the contents of a row, so that an edit in the table is detected.
  SEAL("seal"),
  /// Derives a key's id and its tokens: the first from the redeemed code, and each next token from
  /// the previous one. Tags refresh tokens as this server's.
  MINT("mint"),
  /// Hashes access and refresh tokens, and the `Idempotency-Key` of a refresh.
  KEY("key"),
  /// Masks the user code that names a device without a name.
  NAME("name"),
  /// Derives the number that the approving page shows and the device must be told.
  CONFIRMATION("confirmation");

  private final String label;

  Purpose(String label) {
    this.label = label;
  }

  /// The purpose's name in the message that KMS derives its subkey from.
  public String label() {
    return label;
  }
}
