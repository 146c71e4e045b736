package dev.keyferry.flow;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.SealedNonce;
import java.util.Optional;
import java.util.regex.Pattern;

/// The content of `approval_nonce`, which a claimant's screen holds between claim and approve: the
/// nonce and, under a seal, the facts of the request that approve needs. Approve therefore knows
/// which precaution applies before it writes, and stays one write. docs/decisions/0015.
record DeviceScreen(
    ApprovalNonce nonce, String clientId, boolean confirmationSupported, Origin origin) {
  private static final String LABEL = "screen";
  private static final Pattern SPACE = Pattern.compile(" ");
  private static final int PARTS = 3;

  static DeviceScreen of(ApprovalNonce nonce, DeviceRequest request) {
    return new DeviceScreen(
        nonce, request.clientId(), request.confirmationSupported(), request.origin());
  }

  /// The precaution that an approval by this user still needs.
  Precaution precaution(ConfirmationPolicy.ByClient policies, Approver approver) {
    var needed = policies.of(clientId).precaution(confirmationSupported, origin, approver.origin());
    return needed == Precaution.ACKNOWLEDGEMENT && approver.acknowledged()
        ? Precaution.NONE
        : needed;
  }

  String write(Hasher hasher) {
    var seen = "%b %s %s".formatted(confirmationSupported, origin, clientId);
    return new SealedNonce(nonce, seen).write(hasher, LABEL);
  }

  /// Empty for a text that this version of the subkeys did not seal. A claim under another version
  /// approves nothing either.
  static Optional<DeviceScreen> read(Hasher hasher, String text) {
    return SealedNonce.read(hasher, LABEL, text).map(DeviceScreen::of);
  }

  private static DeviceScreen of(SealedNonce sealed) {
    var seen = SPACE.split(sealed.text(), PARTS);
    return new DeviceScreen(
        sealed.nonce(), seen[2], Boolean.parseBoolean(seen[0]), Origin.parse(seen[1]));
  }
}
