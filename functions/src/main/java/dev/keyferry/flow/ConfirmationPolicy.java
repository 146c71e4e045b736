package dev.keyferry.flow;

/// When approvals for a client need a precaution.
public enum ConfirmationPolicy {
  OFF,
  /// When the device and the claimant are in different networks.
  MISMATCH,
  /// Always a number, whatever the device says. An attacker's device would say that it cannot ask
  /// for one.
  ALWAYS;

  /// The policies of the registered clients.
  public interface ByClient {
    ConfirmationPolicy of(String clientId);
  }

  /// @param supported whether the device said that it can ask for a number
  /// @param device where the request came from
  /// @param claimant where the approval comes from
  public Precaution precaution(boolean supported, Origin device, Origin claimant) {
    return switch (this) {
      case OFF -> Precaution.NONE;
      case MISMATCH -> device.sharesNetworkWith(claimant) ? Precaution.NONE : ofMismatch(supported);
      case ALWAYS -> Precaution.NUMBER;
    };
  }

  private static Precaution ofMismatch(boolean supported) {
    return supported ? Precaution.NUMBER : Precaution.ACKNOWLEDGEMENT;
  }
}
