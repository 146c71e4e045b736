package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.keyferry.web.Json;
import dev.keyferry.web.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/// A function from one JSON object to another. It reads and writes them itself: for classes of
/// events Lambda would load databind and Joda-Time at every cold start, and the artifact carry a
/// megabyte more.
abstract class EventHandler implements RequestStreamHandler {

  abstract Map<String, ?> answer(JsonObject event, LambdaLogger log);

  @Override
  public final void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    answer.write(answer(event.readAllBytes(), context.getLogger()));
  }

  final byte[] answer(byte[] event, LambdaLogger log) {
    return Json.write(answer(Json.readEvent(event), log)).getBytes(UTF_8);
  }
}
