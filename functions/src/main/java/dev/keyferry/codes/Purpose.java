package dev.keyferry.codes;

/// What a subkey is for. A subkey serves one purpose only, so a hash made for one can never pass as
/// another.
public enum Purpose {
  /// Turns a device secret into its user code, and a user code into its grant's locator.
  USER_CODE("user-code"),
  /// Hashes the device secret, and the `Idempotency-Key` of the poll that redeemed it.
  DEVICE_CODE("device-code"),
  /// Derives an authorization code from the nonce of the screen that it was agreed to on; hashes
  /// its secret, and the `Idempotency-Key` of the request that redeemed it.
  AUTHORIZATION_CODE("authorization-code"),
  /// Hashes the approval nonce that the page holds between claim and approve.
  APPROVAL("approval"),
  /// Seals what a row says, so that a row edited in the table is recognised.
  SEAL("seal"),
  /// Derives a key's id and its tokens: the first from the code that was redeemed, each next from
  /// the one before; and tags refresh tokens as its own.
  MINT("mint"),
  /// Hashes access and refresh tokens, and the `Idempotency-Key` of a refresh.
  KEY("key"),
  /// Masks the user code that a device without a name is called by.
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
