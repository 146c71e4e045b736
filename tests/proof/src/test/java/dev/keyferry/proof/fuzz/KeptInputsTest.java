package dev.keyferry.proof.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Checks that each fuzz target has inputs. Jazzer ignores inputs that belong to no target, and
/// accepts a target without inputs.
final class KeptInputsTest {
  private static final Pattern TARGET = Pattern.compile("@FuzzTest[^{]*?void (\\w+)\\(");

  @Test
  void each_target_has_inputs_and_all_inputs_have_a_target() throws IOException {
    for (var module : List.of("functions", "cli")) {
      var tests = Path.of("../..", module, "src/test");

      assertThat(kept(tests.resolve("resources")))
          .isNotEmpty()
          .isEqualTo(targets(tests.resolve("java")));
    }
  }

  /// The folders of kept inputs: `<package>/<class>Inputs/<method>`.
  private static Set<Path> kept(Path resources) throws IOException {
    try (var files = Files.walk(resources)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> resources.relativize(file.getParent()))
          .filter(folder -> folder.toString().contains("Inputs"))
          .collect(Collectors.toSet());
    }
  }

  private static Set<Path> targets(Path sources) throws IOException {
    try (var files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith("FuzzTest.java"))
          .flatMap(file -> targets(sources, file))
          .collect(Collectors.toSet());
    }
  }

  private static Stream<Path> targets(Path sources, Path file) {
    var inputs = sources.relativize(file).toString().replace(".java", "Inputs");
    return methods(file).map(method -> Path.of(inputs, method));
  }

  private static Stream<String> methods(Path file) {
    try {
      return TARGET.matcher(Files.readString(file)).results().map(target -> target.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
