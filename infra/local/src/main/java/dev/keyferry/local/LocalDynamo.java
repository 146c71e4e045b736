package dev.keyferry.local;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/// DynamoDB Local in this process, on loopback, in memory or with its tables in a folder. DynamoDB
/// Local's own server class would listen on every address.
public final class LocalDynamo implements AutoCloseable {
  private final LocalDynamoDBRequestHandler requests;
  private final Server server;

  public LocalDynamo(int port) {
    this(port, Optional.empty());
  }

  LocalDynamo(int port, Optional<Path> folder) {
    // One database for all credentials and Regions, so that the AWS CLI sees these tables too.
    var shared = true;
    requests =
        new LocalDynamoDBRequestHandler(
            0, folder.isEmpty(), folder.map(Path::toString).orElse(null), shared, false);
    server = new Server(Loopback.port(port));
    var context = new ContextHandler("/");
    context.setHandler(new LocalDynamoDBServerHandler(requests, null));
    server.setHandler(context);
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not start", e);
    }
  }

  public URI endpoint() {
    var connector = (ServerConnector) server.getConnectors()[0];
    return Loopback.url(connector.getLocalPort());
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not stop", e);
    } finally {
      requests.shutdown();
    }
  }
}
