package dev.keyferry.product.deployed;

import com.sun.net.httpserver.HttpServer;
import dev.keyferry.local.InvokeApi;
import dev.keyferry.local.Loopback;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.net.URI;

/// Lambda's Invoke API for all functions of the shared stack, including those behind the gateway.
record LambdaApi(HttpServer server) implements AutoCloseable {
  static LambdaApi start() throws IOException {
    var server = HttpServer.create(Loopback.port(0), 0);
    var functions = Shared.stack().functions().byId();
    server.createContext(InvokeApi.PATH, new InvokeApi(functions, Secrets.LOG::add));
    server.start();
    return new LambdaApi(server);
  }

  URI url() {
    return Loopback.url(server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
