package dev.keyferry.client;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The folders of the XDG Base Directory Specification.
///
/// @param config the profiles
/// @param state locks and the handles of pending logins
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

  /// The specification requires that relative paths are ignored.
  private static Optional<Path> base(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .filter(text -> !text.isEmpty())
        .map(Path::of)
        .filter(Path::isAbsolute);
  }
}
