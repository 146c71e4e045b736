package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.codes.UserCode;
import dev.keyferry.flow.Approver;
import dev.keyferry.flow.Caller;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.KeyStore.Disablement;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Subject;
import dev.keyferry.proof.interleaving.Request.Asks;
import dev.keyferry.proof.interleaving.Response.Kind;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/// The requests that users and clients send.
final class Requests {
  static final Origin ELSEWHERE = Origin.parse("198.51.100.9");
  private static final Response CLOSED = new Response(Kind.DECLINED, "401");

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
            Response.of(
                flows.devices().claim(subject, code),
                screen -> new Response(Kind.SCREEN, screen.approvalNonce())),
        Response.declined(Code.INVALID_USER_CODE));
  }

  static Request approve(Approver approver, UserCode code, String nonce, Consent consent) {
    return Request.of(
        "approves",
        flows ->
            Response.of(
                flows.devices().approve(approver, code, nonce, consent), _ -> Response.DONE),
        Response.declined(Code.INVALID_USER_CODE),
        Response.declined(Code.INVALID_SCOPE),
        Response.declined(Code.INVALID_REQUEST));
  }

  static Request deny(Subject subject, UserCode code) {
    return Request.of(
        "denies",
        flows -> Response.of(flows.devices().deny(subject, code), _ -> Response.DONE),
        Response.declined(Code.INVALID_USER_CODE));
  }

  static Request signOut(Subject subject) {
    return forGood(
        "signs out everywhere",
        (world, at) ->
            world.standing(subject).signedOutAt().filter(time -> !time.isBefore(at)).isPresent(),
        flows -> {
          flows.linked().signOut(subject);
          return Response.DONE;
        });
  }

  static Request disable(Subject subject) {
    return done(
        "disables the user",
        (world, _) -> world.standing(subject).disabled(),
        flows -> {
          flows.disabling().disable(subject);
          return Response.DONE;
        });
  }

  /// Returns the name of an enabling that is not finished.
  static Request beginEnabling(Subject subject) {
    return done(
        "enables the user",
        (world, _) -> !world.standing(subject).disabled(),
        flows -> {
          var row = flows.disabling().beginEnabling(subject).row();
          return row.isBeingEnabled()
              ? new Response(Kind.DONE, row.by().orElseThrow())
              : Response.DONE;
        });
  }

  /// @param begun the response to the request that began the enabling
  static Request finishEnabling(Subject subject, Response begun) {
    var row = new Disablement(false, Optional.of(Disablement.ENABLING), Optional.of(begun.text()));
    return done(
        "finishes the enabling",
        (world, _) ->
            !begun.text().equals(world.rows().disabledBy().get(subject))
                || !world.enabledAt(subject).equals(row.enabledAt()),
        flows -> {
          flows
              .disabling()
              .finishEnabling(subject, begun.equals(Response.DONE) ? Disablement.NEVER : row);
          return Response.DONE;
        });
  }

  static Request refresh(Client client, RefreshToken token, int generation, String name) {
    return refresh(client, token, generation, name, Samples.caller(named(name)));
  }

  /// A refresh from another network.
  static Request refreshElsewhere(RefreshToken token, int generation, String name) {
    return refresh(Samples.CLI, token, generation, name, new Caller(ELSEWHERE, named(name)));
  }

  private static Request refresh(
      Client client, RefreshToken token, int generation, String name, Caller caller) {
    return new Request(
        "refreshes generation " + generation + (name.isEmpty() ? "" : " as " + name),
        new Asks.Refresh(token.reveal(), generation, name),
        flows -> Response.key(flows.refreshes().refresh(client, token, caller)));
  }

  static Request revoke(Client client, RefreshToken token) {
    return forGood(
        "revokes",
        (world, _) -> isRevoked(world, token.id()),
        flows -> {
          flows.revoke().revoke(client, token.reveal());
          return Response.DONE;
        });
  }

  static Request unlink(Subject subject, KeyId id) {
    return forGood(
        "unlinks",
        (world, _) -> isRevoked(world, id),
        flows -> flows.linked().unlink(subject, id) ? Response.DONE : Response.NOT_FOUND);
  }

  static Request useKey(Response received) {
    var token = AccessToken.parse(received.accessToken()).orElseThrow();
    return useKey(token);
  }

  static Request useKey(AccessToken token) {
    return new Request(
        "uses the key",
        new Asks.Entry(token.reveal()),
        flows -> flows.verifier().verify(token).isPresent() ? Response.DONE : CLOSED);
  }

  private static boolean isRevoked(World world, KeyId id) {
    return Optional.ofNullable(world.keys().get(id)).flatMap(Key::revokedAt).isPresent();
  }

  static Request wait(Duration time) {
    return Request.of(
        "waits",
        flows -> {
          flows.time().accept(time);
          return Response.DONE;
        });
  }

  /// The same request by an actor who is not authorized.
  ///
  /// @param response the only permitted response
  static Request byStranger(Request request, Response response) {
    return new Request(request.description(), new Asks.Stranger(response), request.run());
  }

  private static Request done(
      String description, BiPredicate<World, Instant> isDone, Function<Flows, Response> run) {
    return new Request(description, new Asks.Change(isDone, false), run);
  }

  private static Request forGood(
      String description, BiPredicate<World, Instant> isDone, Function<Flows, Response> run) {
    return new Request(description, new Asks.Change(isDone, true), run);
  }

  private static Optional<String> named(String name) {
    return Optional.of(name).filter(some -> !some.isEmpty());
  }
}
