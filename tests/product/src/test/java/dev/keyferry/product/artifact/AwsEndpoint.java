package dev.keyferry.product.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.keyferry.local.LocalKms;
import dev.keyferry.local.Loopback;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/// One endpoint for DynamoDB Local and [LocalKms], with or without TLS, for functions in processes
/// of their own. Like Lambda, it also serves credentials to a restored function.
final class AwsEndpoint implements AutoCloseable {
  static final String SECRET_ACCESS_KEY = "secret-of-those-restored";

  private static final String CREDENTIALS =
      """
      {"AccessKeyId":"local","SecretAccessKey":"%s","Token":"local","Expiration":"2099-01-01T00:00:00Z"}\
      """
          .formatted(SECRET_ACCESS_KEY);

  private final HttpServer server;
  private final URI dynamo;
  private final LocalKms kms;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger requests = new AtomicInteger();

  /// @param identity the server's key and certificate; without it there is no TLS
  AwsEndpoint(URI dynamo, LocalKms kms, Optional<KeyStore> identity, char[] password) {
    this.dynamo = dynamo;
    this.kms = kms;
    try {
      if (identity.isPresent()) {
        var keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(identity.get(), password);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        var secure = HttpsServer.create(Loopback.port(0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(context));
        server = secure;
      } else {
        server = HttpServer.create(Loopback.port(0), 0);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no server", e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  URI endpoint() {
    var scheme = server instanceof HttpsServer ? "https" : "http";
    return URI.create(scheme + "://localhost:" + server.getAddress().getPort());
  }

  int requests() {
    return requests.get();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.incrementAndGet();
      if (exchange.getRequestURI().getPath().equals("/credentials")) {
        answer(exchange, 200, CREDENTIALS.getBytes(UTF_8));
        return;
      }
      var target = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
      if (target.orElse("").startsWith("TrentService.")) {
        mac(exchange, target.orElse(""));
      } else {
        forward(exchange, target.orElse(""));
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void mac(HttpExchange exchange, String target) throws IOException {
    var body = exchange.getRequestBody().readAllBytes();
    var request =
        HttpExecuteRequest.builder()
            .request(
                SdkHttpRequest.builder()
                    .method(SdkHttpMethod.POST)
                    .uri(endpoint())
                    .putHeader("X-Amz-Target", target)
                    .build())
            .contentStreamProvider(ContentStreamProvider.fromByteArray(body))
            .build();
    var response = kms.prepareRequest(request).call();
    var bytes = response.responseBody().orElseThrow().readAllBytes();
    answer(exchange, response.httpResponse().statusCode(), bytes);
  }

  private void forward(HttpExchange exchange, String target)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(dynamo).header("X-Amz-Target", target);
    for (var name : new String[] {"Authorization", "Content-Type", "X-Amz-Date"}) {
      request.header(name, exchange.getRequestHeaders().getFirst(name));
    }
    var body = BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes());
    var response = client.send(request.POST(body).build(), BodyHandlers.ofByteArray());
    answer(exchange, response.statusCode(), response.body());
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
