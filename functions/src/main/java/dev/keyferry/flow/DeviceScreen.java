package dev.keyferry.flow;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.SealedNonce;
import java.util.Optional;
import java.util.regex.Pattern;

/// The text that a claimant's screen holds between claim and approve: its nonce and, under a seal,
/// what the claim saw of the request. Approve therefore knows what to ask for before it writes, and
/// stays one write. docs/decisions/0015.
record ScreenPass(
    ApprovalNonce nonce, String clientId, boolean confirmationSupported, Origin origin) {
  private static final String LABEL = "screen";
  private static final Pattern SPACE = Pattern.compile(" ");
  private static final int PARTS = 3;

  static ScreenPass of(ApprovalNonce nonce, DeviceRequest request) {
    return new ScreenPass(
        nonce, request.clientId(), request.confirmationSupported(), request.origin());
  }

  /// The precaution that an approval by this user still needs.
  Precaution precaution(ConfirmationPolicy.OfClients policies, Approver approver) {
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
  static Optional<ScreenPass> read(Hasher hasher, String text) {
    return SealedNonce.read(hasher, LABEL, text).map(ScreenPass::of);
  }

  private static ScreenPass of(SealedNonce sealed) {
    var seen = SPACE.split(sealed.text(), PARTS);
    return new ScreenPass(
        sealed.nonce(), seen[2], Boolean.parseBoolean(seen[0]), Origin.parse(seen[1]));
  }
}
