package dev.keyferry.lambda;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The process that a function runs in.
///
/// @param settings the environment variables
/// @param log takes the lines of the audit log, and the outages that fail no request
public record Host(
    Map<String, String> settings,
    InstantSource clock,
    RandomGenerator random,
    Consumer<String> log) {
  String setting(String name) {
    return Optional.ofNullable(settings.get(name))
        .orElseThrow(() -> new IllegalStateException("the setting " + name + " is missing"));
  }

  int number(String name) {
    return Integer.parseInt(setting(name));
  }
}
