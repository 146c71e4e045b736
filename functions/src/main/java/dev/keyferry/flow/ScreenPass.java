package dev.keyferry.flow;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a claimant's screen holds between claim and approve: its nonce and, under a seal, what the
/// claim saw of the request. By that approve knows what to ask for before it writes, and stays one
/// write. docs/decisions/0015.
record ScreenPass(
    ApprovalNonce nonce, String clientId, boolean confirmationSupported, Origin origin) {
  private static final Pattern DOT = Pattern.compile("\\.");
  private static final int PARTS = 3;

  static ScreenPass of(ApprovalNonce nonce, DeviceRequest request) {
    return new ScreenPass(
        nonce, request.clientId(), request.confirmationSupported(), request.origin());
  }

  /// What an approval from there asks for.
  Check check(Check.Policies policies, Origin claimant) {
    return Check.of(policies.of(clientId), confirmationSupported, origin, claimant);
  }

  String write(KeyHasher hasher) {
    var seen = "%b %s %s".formatted(confirmationSupported, origin, clientId);
    var encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(seen.getBytes(UTF_8));
    return String.join(".", nonce.text(), encoded, seal(hasher, nonce.text(), encoded));
  }

  /// Empty for what this very version of the subkeys did not seal: a claim of another approves
  /// nothing either.
  static Optional<ScreenPass> read(KeyHasher hasher, String text) {
    var parts = DOT.split(text, PARTS);
    if (parts.length < PARTS || !sameText(parts[2], seal(hasher, parts[0], parts[1]))) {
      return Optional.empty();
    }
    var seen = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8).split(" ", PARTS);
    return ApprovalNonce.parse(parts[0])
        .map(nonce ->
            new ScreenPass(nonce, seen[2], Boolean.parseBoolean(seen[0]), Origin.parse(seen[1])));
  }

  private static String seal(KeyHasher hasher, String nonce, String seen) {
    var message = Frame.of("screen").with(nonce).with(seen).toBytes();
    return hasher.digest(Purpose.SEAL, message).toString();
  }

  private static boolean sameText(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(US_ASCII));
  }
}
