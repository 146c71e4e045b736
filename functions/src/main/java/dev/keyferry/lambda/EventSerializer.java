package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;

/// Reads events and writes responses for Lambda's runtime, which finds this class as a service.
///
/// Without it the runtime uses a databind of its own. A function would have two of them, and no
/// snapshot would hold the runtime's, because [Prime] cannot reach it. docs/decisions/0008.
@SuppressWarnings("TypeParameterUnusedInFormals") // As the interface has it.
public final class EventSerializer implements CustomPojoSerializer {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  /// Invokes a handler as Lambda's runtime does.
  ///
  /// @param event as JSON
  public static <E, R> void invoke(
      RequestHandler<E, R> handler, InputStream event, OutputStream response, Context context) {
    var types = MAPPER.constructType(handler.getClass()).findTypeParameters(RequestHandler.class);
    var serializer = new EventSerializer();
    E read = serializer.fromJson(event, types[0]);
    serializer.toJson(handler.handleRequest(read, context), response, types[1]);
  }

  @Override
  public <T> T fromJson(InputStream json, Type type) {
    try {
      return MAPPER.readValue(json, MAPPER.constructType(type));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public <T> T fromJson(String json, Type type) {
    try {
      return MAPPER.readValue(json, MAPPER.constructType(type));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public <T> void toJson(T value, OutputStream json, Type type) {
    try {
      MAPPER.writerFor(MAPPER.constructType(type)).writeValue(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
