package dev.keyferry.proof.interleaving;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.NOON;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Secret;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.Approver;
import dev.keyferry.flow.Authorize.Codes;
import dev.keyferry.flow.Client;
import dev.keyferry.flow.Conditions;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.MatchingNumber;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Samples;
import dev.keyferry.flow.Subject;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// A device login whose codes were issued at noon, and its actors.
final class DeviceLogin {
  static final Subject ADA = new Subject("ada");
  static final Subject BOB = new Subject("bob");
  static final World EMPTY = new World(Map.of(), InMemoryKeyStore.Rows.NONE, Set.of(), NOON);

  private final RememberingHasher hasher = new RememberingHasher();
  private final StoreModel stores = new StoreModel(Conditions.ALL, hasher);
  private final Optional<CodeChallenge> challenge;
  private final Codes codes;
  private Optional<MatchingNumber> number = Optional.empty();
  private String screen = "";
  private World start;

  private DeviceLogin(DeviceRequest request) {
    challenge = request.challenge();
    codes = stores.visit(EMPTY, NOON, flows -> given(flows.devices().authorize(request)));
    start = stores.worldAfter(NOON);
  }

  static DeviceLogin of(DeviceRequest request) {
    return new DeviceLogin(request);
  }

  static <T> T given(Answer<T> answer) {
    return switch (answer) {
      case Answer.Given(var value) -> value;
      case Answer.Declined(var error) -> throw new IllegalStateException(error.description());
    };
  }

  /// Starts with the claim of this subject.
  DeviceLogin claimedBy(Subject subject) {
    screen =
        stores.visit(
            start,
            NOON,
            flows -> given(flows.devices().claim(subject, codes.userCode())).approvalNonce());
    start = stores.worldAfter(NOON);
    return this;
  }

  /// Approves on the screen that was open at the start.
  Actor approvesThere(String actor, Approver approver, Consent consent) {
    return Actor.of(actor, Requests.approve(approver, codes.userCode(), screen, consent));
  }

  /// Starts with an approval.
  DeviceLogin approvedBy(Approver approver) {
    claimedBy(approver.subject());
    number =
        stores.visit(
            start,
            NOON,
            flows ->
                given(flows.devices().approve(approver, codes.userCode(), screen, Consent.TO_ALL))
                    .number());
    start = stores.worldAfter(NOON);
    return this;
  }

  Optional<MatchingNumber> number() {
    return number;
  }

  Login login(String... names) {
    return new Login(
        codes.deviceCode().locator(),
        (flows, name) -> poll(flows, CLI, codes.deviceCode(), challenge, number, name),
        false,
        Set.of(names),
        List.of());
  }

  /// A scenario in which all actors run concurrently, with at most this many faults.
  Scenario scenario(String name, Login login, int faults, List<Actor> actors) {
    return scenario(name, login, faults, Fault.ANY, actors);
  }

  Scenario scenario(String name, Login login, int faults, Set<Fault> kinds, List<Actor> actors) {
    return new Scenario(name, hasher, login, start, actors, faults, kinds, Reads.KEY_FIRST);
  }

  World start() {
    return start;
  }

  DeviceCode deviceCode() {
    return codes.deviceCode();
  }

  RememberingHasher hasher() {
    return hasher;
  }

  StoreModel stores() {
    return stores;
  }

  Actor poller(Login login, String actor, String name, int polls) {
    return Actor.often(actor, polls, Requests.poll(login, name));
  }

  /// The device, which polls with another number than the right one.
  Actor guesser(String actor, int guess) {
    return Actor.of(
        actor,
        new Request(
            "polls with the number " + guess,
            new Request.Asks.Guess(new MatchingNumber(guess)),
            flows ->
                poll(
                    flows,
                    CLI,
                    codes.deviceCode(),
                    challenge,
                    Optional.of(new MatchingNumber(guess)),
                    Optional.empty())));
  }

  /// Polls, and uses the key that it gets.
  Actor user(Login login, String actor, String name) {
    return Actor.two(actor, Requests.poll(login, name), Requests::useKey);
  }

  /// Polls with another secret, as another client, and with a wrong verifier.
  Actor thief() {
    var other = new byte[32];
    var guessed = new DeviceCode(codes.deviceCode().locator(), Secret.of(other));
    return Actor.of("a thief", stranger("polls with another secret", CLI, guessed, challenge));
  }

  Actor otherClient() {
    return Actor.of(
        "another client", stranger("polls", Samples.DEMO, codes.deviceCode(), challenge));
  }

  Actor eavesdropper() {
    return Actor.of(
        "an eavesdropper",
        stranger("polls without the verifier", CLI, codes.deviceCode(), Optional.empty()));
  }

  private Request stranger(
      String description, Client client, DeviceCode code, Optional<CodeChallenge> answered) {
    Function<Flows, Response> run =
        flows -> poll(flows, client, code, answered, number, Optional.of("theirs"));
    return Requests.byStranger(Request.of(description, run), Response.declined(Code.INVALID_GRANT));
  }

  Actor approver(String actor, Subject subject, Consent consent) {
    return Actor.two(
        actor,
        Requests.claim(subject, codes.userCode()),
        screen ->
            Requests.approve(Samples.approver(subject), codes.userCode(), screen.text(), consent));
  }

  Actor denier(String actor, Subject subject) {
    return Actor.of(actor, Requests.deny(subject, codes.userCode()));
  }

  private static Response poll(
      Flows flows,
      Client client,
      DeviceCode code,
      Optional<CodeChallenge> answered,
      Optional<MatchingNumber> number,
      Optional<String> name) {
    return Response.key(flows.devices().poll(client, code, answered, number, name));
  }
}
