package dev.keyferry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Jazzer passes over inputs that no target is named after, and is content with a target that has
/// none.
final class KeptInputsTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path CLASSES = Path.of("target/test-classes");

  @Test
  void each_target_has_inputs_and_all_inputs_have_a_target() throws IOException {
    try (var files = Files.walk(RESOURCES)) {
      var kept =
          files
              .filter(Files::isRegularFile)
              .map(file -> RESOURCES.relativize(file.getParent()).toString())
              .filter(folder -> !folder.isEmpty())
              .distinct()
              .toList();

      assertThat(kept).hasSizeGreaterThan(10).containsExactlyInAnyOrderElementsOf(targets());
    }
  }

  private static List<String> targets() throws IOException {
    try (var files = Files.walk(CLASSES)) {
      return files
          .filter(file -> file.toString().endsWith("FuzzTest.class"))
          .flatMap(file -> targets(CLASSES.relativize(file).toString().replace(".class", "")))
          .toList();
    }
  }

  private static Stream<String> targets(String path) {
    try {
      return Arrays.stream(Class.forName(path.replace('/', '.')).getDeclaredMethods())
          .filter(method -> method.isAnnotationPresent(FuzzTest.class))
          .map(method -> path + "Inputs/" + method.getName());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(path, e);
    }
  }
}
