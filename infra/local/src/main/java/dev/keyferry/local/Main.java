package dev.keyferry.local;

import dev.keyferry.local.LocalAws.Place;
import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// `mvn -Plocal`: starts the stack, prints how to try it, and runs until Ctrl-C.
public final class Main {
  /// `EX_UNAVAILABLE`. Maven adds nothing to the error message.
  private static final int UNAVAILABLE = 69;

  private Main() {}

  /// A problem that the user can fix.
  private static final class CannotStart extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CannotStart(String message) {
      super(message);
    }
  }

  public static void main(String[] arguments) throws InterruptedException {
    try {
      run(Path.of(arguments[0]), System.getenv());
    } catch (CannotStart failure) {
      System.err.println("keyferry: " + failure.getMessage());
      System.exit(UNAVAILABLE);
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      // Embedded services that already run would keep the process alive.
      System.exit(1);
    }
  }

  private static void run(Path template, Map<String, String> environment)
      throws IOException, InterruptedException {
    var data = data(environment);
    var parameters = limits(environment);
    var ports = ports(environment, !(data instanceof Place.Endpoint));
    var stack = new LocalKeyferry(Options.of(template, parameters, ports, data));
    Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
    System.out.println("ready " + stack.url());
    System.out.println(tryIt(stack));
    Thread.currentThread().join();
  }

  private static Place data(Map<String, String> environment) {
    var endpoint = set(environment, "KEYFERRY_AWS_ENDPOINT").map(URI::create);
    var folder = set(environment, "KEYFERRY_DATA").map(Path::of);
    if (endpoint.isPresent() && folder.isPresent()) {
      throw new CannotStart(
          "KEYFERRY_DATA and KEYFERRY_AWS_ENDPOINT are both set; set only one of them");
    }
    return endpoint
        .<Place>map(Place.Endpoint::new)
        .or(() -> folder.map(Place.Folder::new))
        .orElse(new Place.Memory());
  }

  private static Optional<String> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  private static Map<String, String> limits(Map<String, String> environment) {
    return switch (environment.getOrDefault("KEYFERRY_LIMITS", "on")) {
      case "on" -> Map.of();
      case "off" -> LocalKeyferry.NO_LIMITS;
      case String other ->
          throw new CannotStart("KEYFERRY_LIMITS must be on or off, but is " + other);
    };
  }

  /// Three free ports. All of them are bound for a moment, so that a port in use is reported here
  /// and not by a service.
  private static Ports ports(Map<String, String> environment, boolean withDynamo)
      throws IOException {
    try (var api = hold(environment, "KEYFERRY_PORT", 8080);
        var oidc = hold(environment, "KEYFERRY_OIDC_PORT", 8081);
        var dynamo =
            withDynamo ? hold(environment, "KEYFERRY_DYNAMODB_PORT", 8082) : new ServerSocket()) {
      return new Ports(api.getLocalPort(), oidc.getLocalPort(), dynamo.getLocalPort());
    }
  }

  private static ServerSocket hold(Map<String, String> environment, String name, int standard)
      throws IOException {
    var chosen = environment.getOrDefault(name, Integer.toString(standard));
    var socket = new ServerSocket();
    try {
      socket.bind(Loopback.port(Integer.parseInt(chosen)));
      return socket;
    } catch (IllegalArgumentException e) {
      socket.close();
      throw new CannotStart(name + " must be a port number, but is " + chosen);
    } catch (IOException e) {
      socket.close();
      throw new CannotStart("port " + chosen + " is in use; set " + name + " to another port");
    }
  }

  private static String tryIt(LocalKeyferry stack) {
    return
"""

To try it, paste these lines into another terminal.

  K=%s; get() { sed -E "s/.*\\"$1\\" ?: ?\\"([^\\"]*)\\".*/\\1/"; }; code=$(curl -s $K/oauth/device/authorize -d client_id=cli); echo "$code"
  alice=$(curl -s %s/token -d grant_type=client_credentials -d client_id=alice -d client_secret=any -d scope=keyferry/approve | tr -d '\\n' | get access_token); user() { curl -s $K/oauth/device/$1 -H "Authorization: Bearer $alice" -H 'Content-Type: application/json' -d "{\\"user_code\\":\\"$(echo "$code" | get user_code)\\",\\"approval_nonce\\":\\"$nonce\\"}"; }
  nonce=; nonce=$(user claim | get approval_nonce); user approve; echo
  curl -s $K/whoami -H "Authorization: Bearer $(curl -s $K/oauth/token -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d client_id=cli -d device_code=$(echo "$code" | get device_code) | get access_token)"; echo

Or open the verification_uri_complete that the first line prints, sign in with any name, and approve there.
Press Ctrl-C to stop it.
"""
        .formatted(stack.url(), stack.issuer());
  }
}
