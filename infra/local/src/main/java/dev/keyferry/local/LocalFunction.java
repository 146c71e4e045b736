package dev.keyferry.local;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import dev.keyferry.lambda.Wiring;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/// A function as Lambda's Java runtime runs it: a handler made once, and events and answers that
/// pass through the runtime's own serializers.
public final class LocalFunction {
  private final RequestHandler<Object, Object> handler;
  private final PojoSerializer<Object> events;
  private final PojoSerializer<Object> answers;
  private final String name;
  private final Consumer<String> log;

  @SuppressWarnings("unchecked")
  public LocalFunction(Template.Function function, Wiring wiring, Consumer<String> log) {
    name = function.id();
    this.log = log;
    try {
      var type = Class.forName(function.handler());
      var wired =
          Arrays.stream(type.getConstructors())
              .filter(constructor -> constructor.getParameterCount() == 1)
              .findFirst();
      handler =
          (RequestHandler<Object, Object>)
              (wired.isPresent()
                  ? wired.get().newInstance(wiring)
                  : type.getConstructor().newInstance());
      var method =
          Arrays.stream(type.getMethods())
              .filter(candidate -> candidate.getName().equals("handleRequest"))
              .filter(candidate -> !candidate.isBridge())
              .findFirst()
              .orElseThrow();
      events = serializer(method.getParameterTypes()[0]);
      answers = serializer(method.getReturnType());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Lambda could not load " + function.handler(), e);
    }
  }

  private static PojoSerializer<Object> serializer(Type type) {
    return JacksonFactory.getInstance().getSerializer(type);
  }

  /// JSON in, JSON out; what the handler throws comes through, as a failed invocation.
  public String invoke(String event) {
    var answer = handler.handleRequest(events.fromJson(event), new LocalContext(name, log));
    var json = new ByteArrayOutputStream();
    answers.toJson(answer, json);
    return json.toString(StandardCharsets.UTF_8);
  }
}
