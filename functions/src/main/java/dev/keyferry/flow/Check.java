package dev.keyferry.flow;

/// What an approval asks for besides the press of a button, lest somebody be talked into approving
/// a stranger's device. docs/number-matching.md.
public enum Check {
  NONE,
  /// The device must be told a number that only the approving page shows.
  NUMBER,
  /// The claimant must say that the warning was read: the device cannot be told a number.
  ACKNOWLEDGEMENT;

  /// When a client's grants are checked.
  public enum Policy {
    OFF,
    /// When device and claimant are not in the same network.
    MISMATCH,
    /// Whatever the device says of itself: an attacker would say that it cannot ask for a number.
    ALWAYS
  }

  /// The policies of the registered clients.
  public interface Policies {
    Policy of(String clientId);
  }

  /// @param supported whether the device said that it can ask for a number
  /// @param device where the request came from
  /// @param claimant where the approval comes from
  public static Check of(Policy policy, boolean supported, Origin device, Origin claimant) {
    return switch (policy) {
      case OFF -> NONE;
      case MISMATCH -> device.sharesNetworkWith(claimant) ? NONE : ofMismatch(supported);
      case ALWAYS -> NUMBER;
    };
  }

  private static Check ofMismatch(boolean supported) {
    return supported ? NUMBER : ACKNOWLEDGEMENT;
  }
}
