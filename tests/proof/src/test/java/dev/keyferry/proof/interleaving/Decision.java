package dev.keyferry.proof.interleaving;

import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Subject;
import java.time.Instant;
import java.util.Optional;

/// What a user may be told who claims, approves or denies.
///
/// @param last the call that was answered
/// @param begun when the request began
/// @param was the grant as this call found it
/// @param is and as it left it
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

  /// What was decided before may be confirmed again.
  Optional<String> brokenYes() {
    var isShown =
        switch (last.method().getName()) {
          case "approve" -> !Promises.isOpen(is) && is.state().claimed().equals(claim());
          case "deny" -> is.state() instanceof Denied;
          default -> true;
        };
    if (!isShown) {
      return Optional.of("a decision was confirmed that the row does not show");
    }
    if (!isWithin()) {
      return Optional.of("more was confirmed than was asked for");
    }
    if (!isRepeated() && isExpired()) {
      return Optional.of("rule 5: a code was good for somebody who came at its expiry or after");
    }
    var hasScreen =
        switch (last.method().getName()) {
          case "approve" -> was.flatMap(grant -> grant.state().claimed()).equals(claim());
          case "deny" -> was.flatMap(Decision::subjectOf).equals(last.argument(Subject.class));
          default -> true;
        };
    return hasScreen
        ? Optional.empty()
        : Optional.of("a decision was confirmed to somebody who did not have it on the screen");
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
