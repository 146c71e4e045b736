package dev.keyferry.lambda;

import dev.keyferry.flow.Audit;
import dev.keyferry.web.Request;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Writes one line of JSON for each decision. The line is a metric as well: CloudWatch Logs counts
/// it as its member `_aws` says (embedded metric format), so nothing is sent and nothing is loaded.
final class AuditLog implements Audit {
  private static final ScopedValue<Request> REQUEST = ScopedValue.newInstance();

  private final String stack;
  private final InstantSource clock;
  private final Consumer<String> lines;

  /// @param stack the dimension of the metrics, because an account may have several stacks
  AuditLog(String stack, InstantSource clock, Consumer<String> lines) {
    this.stack = stack;
    this.clock = clock;
    this.lines = lines;
  }

  /// Standard output as it is. Lambda's own logger would wrap the line, and CloudWatch would not
  /// find the metric.
  static Consumer<String> standardOutput() {
    var out = new FileOutputStream(FileDescriptor.out);
    return new PrintStream(out, true, StandardCharsets.UTF_8)::println;
  }

  /// Answers a request. Every decision during the call is recorded with this request.
  static <T> T during(Request request, ScopedValue.CallableOp<T, RuntimeException> answer) {
    return ScopedValue.where(REQUEST, request).call(answer);
  }

  @Override
  public void record(Event event) {
    var name = event.kind().toString();
    var line = new LinkedHashMap<String, Object>(event.facts());
    if (REQUEST.isBound()) {
      line.put("address", REQUEST.get().origin().toString());
      line.put("request_id", REQUEST.get().id());
    }
    line.put("event", name);
    line.put(name, 1);
    line.put("stack", stack);
    line.put("_aws", metric(name));
    lines.accept(LogLine.of(line));
  }

  private Map<String, ?> metric(String name) {
    return Map.of(
        "Timestamp",
        clock.millis(),
        "CloudWatchMetrics",
        List.of(
            Map.of(
                "Namespace", "Keyferry",
                "Dimensions", List.of(List.of("stack")),
                "Metrics", List.of(Map.of("Name", name, "Unit", "Count")))));
  }
}
