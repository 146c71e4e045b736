package dev.keyferry.flow;

/// The extra step that an approval needs, so that no user is talked into approving a stranger's
/// device. docs/number-matching.md.
public enum Precaution {
  NONE,
  /// The user must enter at the device a number that only the approving page shows.
  NUMBER,
  /// The user must confirm that they read the warning, because the device cannot ask for a number.
  ACKNOWLEDGEMENT
}
