package dev.keyferry.flow.interleaving;

import dev.keyferry.flow.Approver;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.KeyId;
import dev.keyferry.flow.RefreshToken;
import dev.keyferry.flow.Secret;
import dev.keyferry.flow.Subject;
import dev.keyferry.flow.UserCode;
import dev.keyferry.flow.interleaving.Heard.Kind;
import dev.keyferry.flow.interleaving.Request.Asks;
import dev.keyferry.flow.interleaving.Scenario.Login;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// The requests that people and clients send.
final class Requests {
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
                screen -> new Heard(Kind.SCREEN, screen.approvalNonce())));
  }

  static Request approve(Approver approver, UserCode code, String nonce, Consent consent) {
    return Request.of(
        "approves",
        flows ->
            Heard.of(flows.devices().approve(approver, code, nonce, consent), _ -> Heard.DONE));
  }

  static Request deny(Subject subject, UserCode code) {
    return Request.of(
        "denies", flows -> Heard.of(flows.devices().deny(subject, code), _ -> Heard.DONE));
  }

  static Request signOut(Subject subject) {
    return done(
        "signs out everywhere",
        flows -> {
          flows.linked().signOut(subject);
          return Heard.DONE;
        });
  }

  static Request setDisabled(Subject subject, boolean disabled) {
    return done(
        disabled ? "disables the user" : "enables the user",
        flows -> {
          var attempt = Secret.drawName(flows.random());
          flows.keys().setDisabled(subject, disabled, flows.clock().instant(), attempt);
          return Heard.DONE;
        });
  }

  static Request refresh(Client client, RefreshToken token, int generation, String name) {
    return new Request(
        "refreshes generation " + generation + (name.isEmpty() ? "" : " as " + name),
        new Asks.Refresh(generation, name),
        flows -> Heard.key(flows.refreshes().refresh(client, token, named(name))));
  }

  static Request revoke(Client client, String token) {
    return done(
        "revokes",
        flows -> {
          flows.revocation().revoke(client, token);
          return Heard.DONE;
        });
  }

  static Request unlink(Subject subject, KeyId id) {
    return done(
        "unlinks",
        flows -> flows.linked().unlink(subject, id) ? Heard.DONE : new Heard(Kind.DECLINED, "404"));
  }

  static Request wait(Duration time) {
    return done(
        "waits",
        flows -> {
          flows.time().accept(time);
          return Heard.DONE;
        });
  }

  /// The same request, by somebody to whom it is not open.
  static Request byStranger(Request request) {
    return new Request(request.words(), new Asks.Stranger(), request.run());
  }

  private static Request done(String words, Function<Flows, Heard> run) {
    return Request.of(words, run);
  }

  private static Optional<String> named(String name) {
    return Optional.of(name).filter(some -> !some.isEmpty());
  }
}
