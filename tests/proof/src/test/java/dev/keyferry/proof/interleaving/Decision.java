package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Subject;
import java.time.Instant;
import java.util.Optional;

/// The promises about the responses to a user who claims, approves or denies.
///
/// @param last the call that was answered
/// @param begun when the request began
/// @param was the grant that this call found
/// @param is the grant that it left
record Decision(Call.ToStore last, Instant begun, Optional<Grant> was, Grant is) {
  Optional<String> brokenRefusal() {
    var isMine =
        switch (last.method().getName()) {
          case "claim" -> true;
          case "approve" -> claim().map(Claimed::new).filter(is.state()::equals).isPresent();
          case "deny" -> subjectOf(is).equals(last.argument(Subject.class));
          default -> false;
        };
    return Promises.isOpen(is) && !isExpired() && isMine && isWithin()
        ? Optional.of("rule 3: a decision was refused without a reason")
        : Optional.empty();
  }

  /// A repeated decision may be confirmed again.
  Optional<String> brokenConfirmation() {
    var isShown =
        switch (last.method().getName()) {
          case "approve" -> !Promises.isOpen(is) && is.state().claimed().equals(claim());
          case "deny" -> is.state() instanceof Denied;
          default -> true;
        };
    if (!isShown) {
      return Optional.of("a decision was confirmed that is not in the row");
    }
    if (!isWithin()) {
      return Optional.of("more was confirmed than was requested");
    }
    if (!isRepeated() && isExpired()) {
      return Optional.of("rule 5: a code worked for a request that began at its expiry or later");
    }
    var hasScreen =
        switch (last.method().getName()) {
          case "approve" -> was.flatMap(grant -> grant.state().claimed()).equals(claim());
          case "deny" -> was.flatMap(Decision::subjectOf).equals(last.argument(Subject.class));
          default -> true;
        };
    return hasScreen
        ? Optional.empty()
        : Optional.of("a decision was confirmed to a user who did not have it on the screen");
  }

  private boolean isRepeated() {
    return switch (last.method().getName()) {
      case "approve" -> was.filter(Promises::isOpen).isEmpty();
      case "deny" -> was.map(Grant::state).filter(Denied.class::isInstance).isPresent();
      default -> false;
    };
  }

  private Optional<Claim> claim() {
    return last.argument(Claim.class);
  }

  private static Optional<Subject> subjectOf(Grant grant) {
    return grant.state().claimed().map(Claim::subject);
  }

  private boolean isExpired() {
    return Promises.isExpired(is, begun);
  }

  private boolean isWithin() {
    return last.argument(Grant.Approval.class)
        .filter(approval -> !approval.consent().within(is.request()))
        .isEmpty();
  }
}
