package dev.keyferry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyferry.client.Time;
import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/// The training run of the AOT cache: a login and the commands that scripts call often, against a
/// server that approves everything. The build records the classes that they load.
final class Training {
  private Training() {}

  /// @param arguments a folder for the stored files
  public static void main(String[] arguments) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var address = "http://127.0.0.1:" + server.getAddress().getPort();
    server.createContext("/", exchange -> answer(exchange, address));
    server.start();
    var environment = Map.of("HOME", arguments[0], "KEYFERRY_KEYCHAIN", "off", "CI", "true");
    run(environment, "login", address, "--scope", "read");
    run(environment, "whoami");
    run(environment, "whoami", "--json");
    run(environment, "token");
    run(environment, "profiles");
    run(environment, "login", address, "--no-wait", "--json");
    run(environment, "--help");
    run(environment, "logout");
    server.stop(0);
    System.exit(0);
  }

  private static void run(Map<String, String> environment, String... arguments) {
    var nothing = new ByteArrayInputStream(new byte[0]);
    var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8);
    var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    var context =
        new CommandContext(
            environment,
            nothing,
            out,
            err,
            () -> Terminal.of(terminal(), environment),
            Time.SYSTEM);
    var exitCode = Main.run(context, arguments);
    context.close();
    if (exitCode != 0) {
      throw new IllegalStateException(String.join(" ", arguments) + " ended with " + exitCode);
    }
  }

  private static String[] terminal() {
    return new String[] {"0", "0", "0", "0"};
  }

  private static void answer(HttpExchange exchange, String address) throws IOException {
    var body =
        switch (exchange.getRequestURI().getPath()) {
          case "/.well-known/oauth-authorization-server" ->
              """
              {"issuer":"%1$s","token_endpoint":"%1$s/token","revocation_endpoint":"%1$s/revoke",
               "device_authorization_endpoint":"%1$s/authorize","scopes_supported":["read"]}
              """
                  .formatted(address);
          case "/authorize" ->
              """
              {"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"%s/device",
               "expires_in":600,"interval":1}
              """
                  .formatted(address);
          case "/token" ->
              """
              {"access_token":"kf_training","token_type":"Bearer","expires_in":86400,
               "scope":"read","sub":"alice","name":"Alice"}
              """;
          default -> "{\"sub\":\"alice\",\"name\":\"Alice\",\"exp\":4102444800}";
        };
    var bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
