package dev.keyferry.flow;

import dev.keyferry.codes.Frame;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.Purpose;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;

/// The two digits that the approving page shows and the claimant enters at the device. They are
/// derived from the claim that approved, so no row stores them, and each derivation gives the same
/// digits.
public record MatchingNumber(int number) {
  /// This many different wrong numbers deny the grant.
  public static final int MOST_WRONG = 3;

  private static final int LEAST = 10;
  private static final int CHOICES = 90;
  private static final Pattern FORM = Pattern.compile("[0-9]{2}");

  /// Parses what a device sends. Empty if it cannot be a matching number.
  public static Optional<MatchingNumber> parse(String text) {
    return FORM.matcher(text).matches()
        ? Optional.of(new MatchingNumber(Integer.parseInt(text)))
        : Optional.empty();
  }

  /// The number of this claim, from 10 to 99. All are equally likely but for one part in 2^57.
  static MatchingNumber of(Hasher hasher, Locator locator, Grant.Claim claim) {
    var nonce = claim.nonce();
    var message = Frame.of("confirmation").with(locator.qualified()).with(nonce).toBytes();
    var mac = hasher.hmac(Purpose.CONFIRMATION, nonce.version(), message);
    var drawn = Long.remainderUnsigned(ByteBuffer.wrap(mac).getLong(), CHOICES);
    return new MatchingNumber(LEAST + (int) drawn);
  }

  /// The number that the device must be told, if the grant's approval requires one.
  static Optional<MatchingNumber> required(Hasher hasher, Grant grant) {
    var state = grant.state();
    return state
        .findApproval()
        .filter(Grant.Approval::numberRequired)
        .flatMap(_ -> state.claimed())
        .map(claim -> of(hasher, grant.locator(), claim));
  }

  @Override
  public String toString() {
    return "%02d".formatted(number);
  }
}
