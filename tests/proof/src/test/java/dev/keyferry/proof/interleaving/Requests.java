package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.Approver;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Subject;
import dev.keyferry.proof.interleaving.Heard.Kind;
import dev.keyferry.proof.interleaving.Request.Asks;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/// The requests that people and clients send.
final class Requests {
  private static final Heard CLOSED = new Heard(Kind.DECLINED, "401");

  private Requests() {}

  /// @param name the `Idempotency-Key`; empty for none
  static Request poll(Login login, String name) {
    return new Request(
        "polls" + (name.isEmpty() ? "" : " as " + name),
        new Asks.Key(name),
        flows -> login.poll().apply(flows, named(name)));
  }

  static Request claim(Subject subject, UserCode code) {
    return Request.of(
        "claims",
        flows ->
            Heard.of(
                flows.devices().claim(subject, code),
                screen -> new Heard(Kind.SCREEN, screen.approvalNonce())),
        Heard.declined(Code.INVALID_USER_CODE));
  }

  static Request approve(Approver approver, UserCode code, String nonce, Consent consent) {
    return Request.of(
        "approves",
        flows -> Heard.of(flows.devices().approve(approver, code, nonce, consent), _ -> Heard.DONE),
        Heard.declined(Code.INVALID_USER_CODE),
        Heard.declined(Code.INVALID_SCOPE),
        Heard.declined(Code.INVALID_REQUEST));
  }

  static Request deny(Subject subject, UserCode code) {
    return Request.of(
        "denies",
        flows -> Heard.of(flows.devices().deny(subject, code), _ -> Heard.DONE),
        Heard.declined(Code.INVALID_USER_CODE));
  }

  static Request signOut(Subject subject) {
    return forGood(
        "signs out everywhere",
        (world, at) ->
            world.standing(subject).signedOutAt().filter(time -> !time.isBefore(at)).isPresent(),
        flows -> {
          flows.linked().signOut(subject);
          return Heard.DONE;
        });
  }

  static Request setDisabled(Subject subject, boolean disabled) {
    return done(
        disabled ? "disables the user" : "enables the user",
        (world, _) -> world.standing(subject).disabled() == disabled,
        flows -> {
          if (disabled) {
            flows.disabling().disable(subject);
          } else {
            flows.disabling().enable(subject);
          }
          return Heard.DONE;
        });
  }

  static Request refresh(Client client, RefreshToken token, int generation, String name) {
    return new Request(
        "refreshes generation " + generation + (name.isEmpty() ? "" : " as " + name),
        new Asks.Refresh(generation, name),
        flows -> Heard.key(flows.refreshes().refresh(client, token, named(name))));
  }

  /// A token that is two generations old, or older, ends nothing any more, RFC 7009 §2.2.
  static Request revoke(Client client, RefreshToken token, int generation) {
    return forGood(
        "revokes",
        (world, _) -> isRevoked(world, token.id()) || isLongPast(world, token.id(), generation),
        flows -> {
          flows.revoke().revoke(client, token.reveal());
          return Heard.DONE;
        });
  }

  static Request unlink(Subject subject, KeyId id) {
    return forGood(
        "unlinks",
        (world, _) -> isRevoked(world, id),
        flows -> flows.linked().unlink(subject, id) ? Heard.DONE : Heard.NOT_FOUND);
  }

  static Request letIn(Heard got) {
    var token = AccessToken.parse(got.accessToken()).orElseThrow();
    return letIn(token, 0);
  }

  /// @param generation of the token
  static Request letIn(AccessToken token, int generation) {
    return new Request(
        "lets itself in",
        new Asks.Entry(generation),
        flows -> flows.verifier().verify(token).isPresent() ? Heard.DONE : CLOSED);
  }

  private static boolean isRevoked(World world, KeyId id) {
    return Optional.ofNullable(world.keys().get(id)).flatMap(Key::revokedAt).isPresent();
  }

  private static boolean isLongPast(World world, KeyId id, int generation) {
    return Optional.ofNullable(world.keys().get(id))
        .filter(key -> key.generation().number() > generation + 1)
        .isPresent();
  }

  static Request wait(Duration time) {
    return Request.of(
        "waits",
        flows -> {
          flows.time().accept(time);
          return Heard.DONE;
        });
  }

  /// The same request, by somebody to whom it is not open.
  ///
  /// @param told what he hears, and nothing else
  static Request byStranger(Request request, Heard told) {
    return new Request(request.words(), new Asks.Stranger(told), request.run());
  }

  private static Request done(
      String words, BiPredicate<World, Instant> isDone, Function<Flows, Heard> run) {
    return new Request(words, new Asks.Change(isDone, false), run);
  }

  private static Request forGood(
      String words, BiPredicate<World, Instant> isDone, Function<Flows, Heard> run) {
    return new Request(words, new Asks.Change(isDone, true), run);
  }

  private static Optional<String> named(String name) {
    return Optional.of(name).filter(some -> !some.isEmpty());
  }
}
