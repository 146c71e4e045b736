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
    var due =
        switch (policy) {
          case OFF -> false;
          case MISMATCH -> !device.sharesNetworkWith(claimant);
          case ALWAYS -> true;
        };
    if (!due) {
      return NONE;
    }
    return supported ? NUMBER : ACKNOWLEDGEMENT;
  }
}
