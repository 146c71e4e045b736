package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.Digest;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.GrantStore.Polled;
import dev.keyferry.flow.GrantStore.Proof;
import dev.keyferry.flow.GrantStore.Redeemed;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.Disablement;
import dev.keyferry.flow.KeyStore.KeyAndStanding;
import dev.keyferry.flow.KeyStore.Standing;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.Write;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// Formats calls and rows for a schedule. It shortens random values and leaves out what says
/// nothing.
final class TraceFormat {
  private static final Pattern LONG = Pattern.compile("[A-Za-z0-9_-]{20,}");
  private static final int SHOWN = 5;
  private static final int DATE = 11;

  private TraceFormat() {}

  static String of(Object value) {
    return switch (value) {
      case Write.Applied(var row) -> "done: " + of(row);
      case Write.Refused(var found) -> "refused: " + of(found);
      case Polled.Pending _ -> "pending";
      case Polled.NotPending(var found) -> "refused: " + of(found);
      case Redeemed.Stored _ -> "stored";
      case Redeemed.Barred _ -> "barred";
      case Redeemed.NotApproved(var found) -> "refused: " + of(found);
      case Optional<?> some -> some.map(TraceFormat::of).orElse("nothing");
      case KeyAndStanding(var key, var standing) -> of(key) + ", " + of(standing);
      case Standing(var disabled, var signedOutAt) ->
          (disabled ? "user disabled" : "user enabled")
              + signedOutAt.map(at -> ", signed out at " + of(at)).orElse("");
      case Disablement(var disabled, var enabledAt, var by) ->
          (disabled ? "user disabled" : "user enabled")
              + enabledAt.map(at -> " at " + of(at)).orElse("")
              + by.map(name -> " by " + of(name)).orElse("");
      case Grant grant -> "grant " + of(grant.state()) + ", " + of(grant.pace());
      case Grant.Pace pace -> "next poll " + of(pace.nextPollAt()) + " every " + pace.interval();
      case State state -> of(state);
      case Claim(var subject, var nonce) -> subject.value() + "'s screen " + of(nonce);
      case Grant.Approval approval -> of(approval.consent());
      case Redemption redemption -> "at " + of(redemption.at());
      case Key key ->
          "key of generation %d%s"
              .formatted(
                  key.generation().number(),
                  key.revokedAt().map(at -> ", revoked at " + of(at)).orElse(""));
      case Key.Generation generation -> "generation " + generation.number();
      case Proof proof -> proof.clientId() + "'s proof " + of(proof.deviceSecret());
      case Digest digest -> cut(digest.mac());
      case Subject subject -> subject.value();
      case Locator _ -> "the grant";
      case KeyId _ -> "the key";
      case Instant time -> time.toString().substring(DATE);
      default -> LONG.matcher(value.toString()).replaceAll(match -> cut(match.group()));
    };
  }

  private static String of(State state) {
    return switch (state) {
      case State.Pending _ -> "pending";
      case State.Claimed(var claim) -> "on " + of(claim);
      case State.Approved(var claim, var _, var wrong) ->
          "approved on " + of(claim) + response(wrong);
      case State.Denied(var claim, var wrong) -> "denied on " + of(claim) + response(wrong);
      case State.Consumed(var claim, var _, var redemption) ->
          "approved on " + of(claim) + ", consumed " + of(redemption);
    };
  }

  private static String response(Iterable<?> wrong) {
    return wrong.iterator().hasNext() ? ", wrong numbers " + wrong : "";
  }

  private static String cut(String text) {
    return "…" + text.substring(text.length() - SHOWN);
  }
}
