package dev.keyferry.proof.interleaving;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.proof.interleaving.DeviceLogin.ADA;
import static dev.keyferry.proof.interleaving.DeviceLogin.EMPTY;
import static dev.keyferry.proof.interleaving.DeviceLogin.given;

import dev.keyferry.flow.Approver;
import dev.keyferry.flow.AuthorizationRequest;
import dev.keyferry.flow.Conditions;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Samples;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// An authorization code login whose approval screen has been open since noon, and its actors.
final class BrowserLogin {
  private static final String REDIRECT = "http://127.0.0.1:4321/callback";
  private static final Approver APPROVER = Samples.approver(ADA);

  private final RememberingHasher hasher = new RememberingHasher();
  private final String screen;
  private final Login login;

  BrowserLogin(String... names) {
    var stores = new StoreModel(Conditions.ALL, hasher);
    var request =
        new AuthorizationRequest(
            CLI.id(),
            REDIRECT,
            Optional.empty(),
            Samples.SCOPE,
            Optional.empty(),
            Duration.ofHours(1),
            Samples.CHALLENGE);
    screen =
        stores.visit(
            EMPTY,
            NOON,
            flows -> flows.screens().open(ADA, APPROVER.origin(), request).approvalNonce());
    var code =
        stores
            .visit(
                EMPTY,
                NOON,
                flows -> given(flows.screens().approve(APPROVER, screen, Consent.TO_ALL)))
            .code();
    login =
        new Login(
            code.locator(),
            (flows, name) ->
                Response.key(
                    flows
                        .codes()
                        .redeem(CLI, code, REDIRECT, Samples.CHALLENGE, Samples.caller(name))),
            true,
            Set.of(names),
            List.of());
  }

  Scenario scenario(String name, int faults, Actor... actors) {
    return new Scenario(
        name, hasher, login, EMPTY, List.of(actors), faults, Fault.ANY, Reads.KEY_FIRST);
  }

  Actor approver(String actor) {
    return Actor.of(
        actor,
        Request.of(
            "approves",
            flows ->
                Response.of(
                    flows.screens().approve(APPROVER, screen, Consent.TO_ALL), _ -> Response.DONE),
            Response.declined(Code.EXPIRED_TOKEN)));
  }

  Actor redeemer(String actor, String name) {
    return Actor.of(actor, Requests.poll(login, name));
  }
}
