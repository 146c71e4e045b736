package dev.keyferry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests of the example in the package's documentation.
class ExampleTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("/// ```java\n(.*?)/// ```", Pattern.DOTALL);

  @TempDir Path output;

  private static String example() throws Exception {
    var documentation =
        Files.readString(Path.of("src/main/java/dev/keyferry/client/package-info.java"));
    var found = EXAMPLE.matcher(documentation);
    assertThat(found.find()).isTrue();
    return found.group(1).replace("/// ", "");
  }

  @Test
  void compiles() throws Exception {
    var source =
        """
        import dev.keyferry.client.*;
        import java.net.URI;
        import java.net.http.HttpRequest;
        class Example {
          void run() throws LoginException, InterruptedException {
        %s
          }
        }\
        """
            .formatted(example());
    var file =
        new SimpleJavaFileObject(
            URI.create("string:///Example.java"), SimpleJavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    var options = List.of("-d", output.toString(), "-cp", System.getProperty("java.class.path"));
    var task =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                null,
                null,
                problem -> {
                  throw new AssertionError(problem.getMessage(Locale.ROOT));
                },
                options,
                null,
                List.of(file));
    assertThat(task.call()).isTrue();
  }

  @Test
  void has_twenty_lines_at_most() throws Exception {
    assertThat(example().lines()).hasSizeLessThanOrEqualTo(20);
  }
}
