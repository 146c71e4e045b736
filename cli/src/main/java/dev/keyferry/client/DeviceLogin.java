package dev.keyferry.client;

import dev.keyferry.client.LoginException.BadServer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// The device grant, RFC 8628: a person approves elsewhere while this program polls.
public final class DeviceLogin {
  static final int LONGEST_DEVICE_NAME = 64;

  private final Server server;
  private final Pending pending;
  private final Time time;

  /// Who sits at this program, or stands for them. What any of its methods throws ends the waiting,
  /// and the login may be resumed.
  public interface Person {
    /// The next poll is due after this pause.
    default void waiting(Duration pause, Instant expiresAt) {}

    /// The server was not reached; the waiting goes on.
    default void unreachable(String why) {}

    /// Answered, and not decided yet.
    ///
    /// @param pending what [#resume(Server, Pending)] must be given from now on, by who keeps it
    default void undecided(Pending pending) throws LoginException {}

    /// Approved, but the server wants the number that the approving page shows. Runs in a thread of
    /// its own while the polling goes on, and is interrupted when its answer is no longer wanted.
    ///
    /// @param again that the one before was wrong
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

  /// Asks for a code, RFC 8628 §3.1.
  public static DeviceLogin start(Server server, LoginRequest request, Time time)
      throws LoginException, InterruptedException {
    var metadata = server.metadata();
    var endpoint =
        metadata
            .deviceAuthorizationEndpoint()
            .orElseThrow(
                () -> new BadServer(metadata.issuer() + " has no login for devices (RFC 8628)."));
    var confirmable = request.confirmable() && metadata.confirmationSupported();
    var asked = time.clock().instant();
    var reply = server.http().post(endpoint, parameters(request, confirmable));
    if (Outage.isOne(reply)) {
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

  /// @throws LoginException.BadServer if it was begun at another server
  public static DeviceLogin resume(Server server, Pending pending, Time time)
      throws LoginException {
    if (!server.metadata().issuer().equals(pending.issuer())) {
      throw new BadServer("This login was begun at " + pending.issuer() + ".");
    }
    return new DeviceLogin(server, pending, time);
  }

  public Pending pending() {
    return pending;
  }

  /// Polls until there is a decision, RFC 8628 §3.4 and §3.5.
  ///
  /// @throws LoginException.Denied if the person or the server says no
  /// @throws LoginException.Expired if nobody decides in time
  public Tokens await(Person person) throws LoginException, InterruptedException {
    return new Polling(server, pending, time, person).untilDecided();
  }
}
