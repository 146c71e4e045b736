package dev.keyferry.product.versions;

import dev.keyferry.product.DirectApi;
import dev.keyferry.product.DirectApi.Encoding;
import dev.keyferry.product.Invoker;
import dev.keyferry.product.artifact.PackagedFunctions;
import dev.keyferry.product.artifact.PackagedFunctions.Launch;
import dev.keyferry.product.artifact.PackagedFunctions.Started;
import dev.keyferry.product.artifact.PackagedFunctions.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The functions of two versions over the same tables and the same hash key. A function's process
/// starts with its first request. As with SnapStart, it is primed before it gets the request, so that
/// even a slow start leaves enough of the time in which a handler answers.
final class Versions implements AutoCloseable {
  /// The older version is the one that a rollback returns to.
  enum Age {
    OLDER,
    NEWER;

    Age other() {
      return this == OLDER ? NEWER : OLDER;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// How far [#later] is ahead: longer than a code lives, and half a minute off every window of the
  /// limits.
  static final Duration AHEAD = Duration.ofSeconds(690);

  private final PackagedFunctions stage;
  private final Map<Age, DirectApi> now = new EnumMap<>(Age.class);
  private final Map<Age, DirectApi> later = new EnumMap<>(Age.class);
  private final List<Started> processes = new ArrayList<>();

  /// @param older a folder with a version's `keyferry-functions.jar` and `template.yaml`
  Versions(Path work, Path older, Path newer)
      throws IOException, InterruptedException, GeneralSecurityException {
    stage = new PackagedFunctions(work, jar(newer), template(newer), Map.of());
    var versions =
        Map.of(Age.NEWER, stage.version(), Age.OLDER, stage.version(jar(older), template(older)));
    var options =
        List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", PackagedFunctions.HOOKS);
    var agent = ClockAgent.option(work, AHEAD);
    versions.forEach((age, version) -> {
      var launch = new Launch(age.toString(), options, false, true, false);
      var ahead = new Launch(age + ", later", options, false, true, false).with(agent);
      now.put(age, api(version, launch));
      later.put(age, api(version, ahead));
    });
  }

  private static Path jar(Path folder) {
    return folder.resolve("keyferry-functions.jar");
  }

  private static Path template(Path folder) {
    return folder.resolve("template.yaml");
  }

  DirectApi now(Age age) {
    return Objects.requireNonNull(now.get(age));
  }

  /// The same version with its clock [#AHEAD].
  DirectApi later(Age age) {
    return Objects.requireNonNull(later.get(age));
  }

  private DirectApi api(Version version, Launch launch) {
    var functions = new LinkedHashMap<String, Started>();
    Invoker invoker =
        (function, event) -> {
          try {
            return stage.invoke(
                functions.computeIfAbsent(function, id -> start(version, id, launch)), event);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    return new DirectApi(version.template().routes(), invoker, Encoding.TEXT);
  }

  private Started start(Version version, String function, Launch launch) {
    try {
      var started = stage.start(version, function, launch);
      processes.add(started);
      stage.next(started, "restore");
      started.api().restore();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    processes.forEach(Started::close);
    stage.close();
  }
}
