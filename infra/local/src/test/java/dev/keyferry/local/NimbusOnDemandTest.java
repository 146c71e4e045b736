package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nimbus JOSE + JWT costs nothing to those who do not ask for encryption: not one of its classes
/// is loaded before the first who does. By the JVM's own log of [ColdStart].
class NimbusOnDemandTest {
  private static final Pattern EXCLUDED =
      Pattern.compile("<exclude>(com/nimbusds/[^<*]+/)\\*\\*</exclude>");

  private static List<String> loaded = List.of();

  @BeforeAll
  static void run(@TempDir Path directory) throws IOException, InterruptedException {
    var log = directory.resolve("classes.log");
    var output = directory.resolve("output.log");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:file=" + log + ":none",
                "-classpath",
                System.getProperty("java.class.path"),
                ColdStart.class.getName(),
                Shared.ROOT.resolve("template.yaml").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    var ended = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly().waitFor();
    assertThat(ended && process.exitValue() == 0).as(Files.readString(output)).isTrue();
    loaded = Files.readAllLines(log).stream().map(line -> line.split(" ", 2)[0]).toList();
  }

  private static int endOfPlain() {
    return loaded.indexOf(ColdStart.PlainIsOver.class.getName());
  }

  private static boolean isNimbus(String type) {
    return type.startsWith("com.nimbusds.");
  }

  @Test
  void no_class_of_it_is_loaded_for_logins_that_ask_for_no_encryption() {
    assertThat(loaded.subList(0, endOfPlain()))
        .contains("dev.keyferry.lambda.AuthorizeHandler", "dev.keyferry.lambda.TokenAnswer")
        .noneMatch(NimbusOnDemandTest::isNimbus)
        .doesNotContain("dev.keyferry.jose.Jwe");
  }

  @Test
  void it_is_loaded_for_those_that_do() {
    assertThat(loaded.subList(endOfPlain(), loaded.size()))
        .contains("dev.keyferry.jose.Jwe", "com.nimbusds.jose.JWEObject");
  }

  @Test
  void nothing_that_the_artifact_leaves_out_of_it_is_ever_loaded() throws IOException {
    var excluded =
        EXCLUDED
            .matcher(Files.readString(Shared.ROOT.resolve("functions/pom.xml")))
            .results()
            .map(exclude -> exclude.group(1).replace('/', '.'))
            .toList();

    assertThat(excluded).isNotEmpty();
    assertThat(loaded).noneMatch(type -> excluded.stream().anyMatch(type::startsWith));
  }
}
