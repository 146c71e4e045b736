package dev.keyferry.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.keyferry.lambda.EventSerializer;
import dev.keyferry.lambda.Wiring;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/// A function as Lambda's Java runtime runs it: one handler, which reads and writes JSON.
public final class LocalFunction {
  private final RequestHandler<?, ?> handler;
  private final String name;
  private final Consumer<String> log;

  public LocalFunction(Template.Function function, Wiring wiring, Consumer<String> log) {
    name = function.id();
    this.log = log;
    try {
      handler =
          Class.forName(function.handler())
              .asSubclass(RequestHandler.class)
              .getConstructor(Wiring.class)
              .newInstance(wiring);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Lambda could not load " + function.handler(), e);
    }
  }

  /// Throws what the handler throws. This is a failed invocation.
  public String invoke(String event) {
    var answer = new ByteArrayOutputStream();
    EventSerializer.invoke(
        handler,
        new ByteArrayInputStream(event.getBytes(UTF_8)),
        answer,
        new LocalContext(name, log));
    return answer.toString(UTF_8);
  }
}
