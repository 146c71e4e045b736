package dev.keyferry.local;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.lambda.AwsPorts;
import dev.keyferry.lambda.Clients;
import dev.keyferry.lambda.Host;
import dev.keyferry.lambda.Wiring;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// One execution environment of each of the template's functions.
public final class Functions {
  private final Template template;
  private final Map<String, LocalFunction> byId = new LinkedHashMap<>();

  /// Wraps a function's connection to AWS, to observe it or to inject faults.
  public interface Tap {
    AwsConnection tap(String functionId, AwsConnection connection);
  }

  /// @param log gets each line that the functions log
  /// @param audit gets each line of the audit log
  public Functions(
      Template template,
      LocalAws aws,
      Clients clients,
      InstantSource clock,
      Tap tap,
      Consumer<String> log,
      Consumer<String> audit) {
    this(
        template,
        function -> {
          var host = new Host(function.environment(), clock, new SecureRandom(), audit);
          return new Wiring(
              host,
              clients,
              new AwsPorts(
                  host,
                  () -> tap.tap(function.id(), aws.dynamo()),
                  () -> tap.tap(function.id(), aws.kms())));
        },
        log);
  }

  public Functions(
      Template template, Function<Template.Function, Wiring> wiring, Consumer<String> log) {
    this.template = template;
    for (var function : template.functions()) {
      byId.put(function.id(), new LocalFunction(function, wiring.apply(function), log));
    }
  }

  Template template() {
    return template;
  }

  public Map<String, LocalFunction> byId() {
    return Collections.unmodifiableMap(byId);
  }

  /// A function by its logical id.
  public LocalFunction get(String id) {
    return Optional.ofNullable(byId.get(id)).orElseThrow();
  }
}
