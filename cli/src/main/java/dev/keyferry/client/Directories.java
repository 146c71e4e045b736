package dev.keyferry.client;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where files go, by the XDG Base Directory Specification.
///
/// @param config the profiles
/// @param state locks and what is remembered between runs
/// @param data encrypted secrets
public record Directories(Path config, Path state, Path data) {
  private static final String NAME = "keyferry";

  public static Directories of(Map<String, String> environment, Path home) {
    return new Directories(
        base(environment, "XDG_CONFIG_HOME").orElse(home.resolve(".config")).resolve(NAME),
        base(environment, "XDG_STATE_HOME").orElse(home.resolve(".local/state")).resolve(NAME),
        base(environment, "XDG_DATA_HOME").orElse(home.resolve(".local/share")).resolve(NAME));
  }

  public static Directories ofSystem() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /// The specification says to ignore a relative one.
  private static Optional<Path> base(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .filter(text -> !text.isEmpty())
        .map(Path::of)
        .filter(Path::isAbsolute);
  }
}
