package dev.keyferry.proof.interleaving;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.proof.interleaving.DeviceLogin.ADA;
import static dev.keyferry.proof.interleaving.DeviceLogin.given;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.codes.TokenForm;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.IssuedKey;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Scope;
import dev.keyferry.flow.Subject;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A device that got its key and refreshed it twice, all at noon, and its actors.
final class LinkedDevice {
  static final int GENERATION = 2;
  private static final int LONGEST_CHAIN = 8;

  /// The `Idempotency-Key` of the second refresh in a row.
  private static final String NEXT = "next";

  private static final Set<String> NAMES = Set.of("one", "two", NEXT);

  private final DeviceLogin device;
  private final World start;
  private final List<RefreshToken> chain = new ArrayList<>();
  private final Login login;
  private final IssuedKey issued;
  private AccessToken present;

  LinkedDevice() {
    device = DeviceLogin.of(renewable()).approvedBy(Samples.approver(ADA));
    var stores = device.stores();
    issued =
        stores.visit(
            device.start(),
            NOON,
            flows ->
                given(
                    flows
                        .devices()
                        .poll(
                            CLI,
                            device.deviceCode(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty())));
    chain.add(issued.refreshToken().orElseThrow());
    present = issued.accessToken();
    var world = stores.worldAfter(NOON);
    var begin = world;
    for (int generation = 0; generation < LONGEST_CHAIN; generation++) {
      var token = chain.getLast();
      var next =
          stores.visit(
              world,
              NOON,
              flows ->
                  given(flows.refreshes().refresh(CLI, token, Samples.caller(Optional.empty()))));
      chain.add(next.refreshToken().orElseThrow());
      present = generation < GENERATION ? next.accessToken() : present;
      world = stores.worldAfter(NOON);
      begin = generation < GENERATION ? world : begin;
    }
    start = begin;
    var grant = device.login();
    login = new Login(grant.grant(), grant.poll(), false, NAMES, chain);
  }

  private static DeviceRequest renewable() {
    var request = Samples.request(NOON);
    return new DeviceRequest(
        request.clientId(),
        new Scope(List.of("read", Scope.OFFLINE_ACCESS)),
        request.deviceName(),
        request.lifetime(),
        request.challenge(),
        request.delivery(),
        request.confirmationSupported(),
        request.origin(),
        request.at());
  }

  Scenario scenario(String name, int faults, Actor... actors) {
    return new Scenario(
        name, device.hasher(), login, start, List.of(actors), faults, Fault.ANY, Reads.KEY_FIRST);
  }

  /// @param older the age of the token in generations
  Actor refresher(String actor, int older, String name) {
    var generation = GENERATION - older;
    return Actor.of(actor, Requests.refresh(CLI, chain.get(generation), generation, name));
  }

  /// Refreshes, and then refreshes again with the new token.
  Actor refresherTwice(String actor, String name) {
    return Actor.two(
        actor,
        Requests.refresh(CLI, chain.get(GENERATION), GENERATION, name),
        response ->
            Requests.refresh(
                CLI, response.refreshToken(), GENERATION + 1, name.isEmpty() ? "" : NEXT));
  }

  /// Refreshes, and then uses the new access token.
  Actor refresherAndUser(String actor, String name) {
    return Actor.two(
        actor, Requests.refresh(CLI, chain.get(GENERATION), GENERATION, name), Requests::useKey);
  }

  /// Refreshes in another network, and then uses the new access token.
  Actor thief(String actor) {
    return Actor.two(
        actor, Requests.refreshElsewhere(chain.get(GENERATION), GENERATION, ""), Requests::useKey);
  }

  /// Refreshes in another network.
  Actor refresherElsewhere(String actor, String name) {
    return Actor.of(actor, Requests.refreshElsewhere(chain.get(GENERATION), GENERATION, name));
  }

  Actor revoker(String actor) {
    return Actor.of(actor, Requests.revoke(CLI, chain.get(GENERATION)));
  }

  Actor owner(String actor) {
    return Actor.of(actor, Requests.unlink(ADA, issued.key().id()));
  }

  Actor otherUser(String actor, Subject subject) {
    return stranger(actor, Requests.unlink(subject, issued.key().id()), Response.NOT_FOUND);
  }

  Actor otherClient(String actor, Client client) {
    return stranger(actor, Requests.revoke(client, chain.get(GENERATION)), Response.DONE);
  }

  Actor otherClientRefreshing(String actor, Client client) {
    return stranger(
        actor,
        Requests.refresh(client, chain.get(GENERATION), GENERATION, ""),
        Response.declined(Code.INVALID_GRANT));
  }

  /// Revokes with a token that is several generations old.
  Actor holderOfAnOldToken(String actor) {
    return Actor.of(actor, Requests.revoke(CLI, chain.getFirst()));
  }

  /// Revokes with a well-formed token that this server never made.
  Actor holderOfGarbage(String actor) {
    var text =
        TokenForm.REFRESH.write(
            TokenPrefix.DEFAULT, issued.key().id(), new byte[TokenForm.SECRET_BYTES]);
    var garbage = RefreshToken.parse(text).orElseThrow();
    return stranger(actor, Requests.revoke(CLI, garbage), Response.DONE);
  }

  /// Uses the access token.
  Actor user(String actor) {
    return Actor.of(actor, Requests.useKey(present));
  }

  private static Actor stranger(String actor, Request request, Response response) {
    return Actor.of(actor, Requests.byStranger(request, response));
  }
}
