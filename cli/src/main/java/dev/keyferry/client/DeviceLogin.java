package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// The device grant, RFC 8628: a person approves on another device while this program polls.
public final class DeviceLogin {
  static final int LONGEST_DEVICE_NAME = 64;

  private final Server server;
  private final Pending pending;
  private final Time time;

  /// The person at this program, or code in their place. An exception from any method ends the
  /// wait. The login can then be resumed.
  public interface Person {
    /// The next poll is due after this pause.
    default void waiting(Duration pause, Instant expiresAt) {}

    /// The server was unreachable. The wait continues.
    default void unreachable(String why) {}

    /// The server responded, but there is no decision yet.
    ///
    /// @param pending the state to store for [#resume(Server, Pending)]
    default void undecided(Pending pending) throws LoginException {}

    /// The request is approved, but the server requires the number that the approval page shows.
    /// Runs in its own thread while polling continues, and is interrupted when the number is no
    /// longer needed.
    ///
    /// @param again whether the previous number was wrong
    /// @return two digits
    String number(boolean again) throws InterruptedException;
  }

  private DeviceLogin(Server server, Pending pending, Time time) {
    this.server = server;
    this.pending = pending;
    this.time = time;
  }

  public static DeviceLogin start(Server server, LoginRequest request)
      throws LoginException, InterruptedException {
    return start(server, request, Time.SYSTEM);
  }

  /// Requests a code, RFC 8628 §3.1.
  public static DeviceLogin start(Server server, LoginRequest request, Time time)
      throws LoginException, InterruptedException {
    var metadata = server.metadata();
    var endpoint =
        metadata
            .deviceAuthorizationEndpoint()
            .orElseThrow(() ->
                new BadServer(metadata.issuer() + " does not support device logins (RFC 8628)."));
    var confirmable = request.confirmable() && metadata.confirmationSupported();
    var asked = time.clock().instant();
    var reply = server.http().post(endpoint, parameters(request, confirmable));
    if (Outage.matches(reply)) {
      throw Outage.asException(reply);
    }
    if (reply.status() != 200) {
      throw Refusal.read(reply).asException();
    }
    var pending = Pending.read(metadata, request, confirmable, reply.json(), asked);
    return new DeviceLogin(server, pending, time);
  }

  private static Map<String, String> parameters(LoginRequest request, boolean confirmable) {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("client_id", request.clientId());
    parameters.put("scope", request.scope());
    parameters.put("device_name", Text.clean(request.deviceName(), LONGEST_DEVICE_NAME));
    request
        .lifetime()
        .ifPresent(life -> parameters.put("expires_in", Long.toString(life.toSeconds())));
    parameters.put("confirmation_supported", confirmable ? "true" : "");
    return parameters;
  }

  public static DeviceLogin resume(Server server, Pending pending) throws LoginException {
    return resume(server, pending, Time.SYSTEM);
  }

  /// @throws LoginException.BadServer if the login was started at another server
  public static DeviceLogin resume(Server server, Pending pending, Time time)
      throws LoginException {
    if (!server.metadata().issuer().equals(pending.issuer())) {
      throw new BadServer("This login was started at " + pending.issuer() + ".");
    }
    return new DeviceLogin(server, pending, time);
  }

  public Pending pending() {
    return pending;
  }

  /// Polls until there is a decision, RFC 8628 §3.4 and §3.5.
  ///
  /// @throws LoginException.Denied if the person or the server denies the request
  /// @throws LoginException.Expired if the code expires first
  public Tokens await(Person person) throws LoginException, InterruptedException {
    return new Polling(server, pending, time, person).untilDecided();
  }
}
