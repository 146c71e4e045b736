package dev.keyferry.client;

import java.nio.file.Path;
import java.util.Map;

/// Where files go, by the XDG Base Directory Specification.
///
/// @param config the profiles
/// @param state locks and what is remembered between runs
/// @param data encrypted secrets
public record Directories(Path config, Path state, Path data) {
  public static Directories of(Map<String, String> environment, Path home) {
    return Soon.later(environment, home);
  }

  public static Directories ofSystem() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }
}
