package dev.keyferry.product.deployed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.product.SampleEvents;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs the commands of `events/README.md` with the SAM CLI in Lambda's containers over LocalStack.
/// `.ci/sam/local` starts what they need.
@Tag("sam")
class SamInvokeTest {
  private static final String COMMAND = "sam local invoke ";

  static Stream<String> commands() throws IOException {
    return Files.readString(SampleEvents.FOLDER.resolve("README.md"))
        .lines()
        .filter(line -> line.startsWith(COMMAND));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void each_documented_invocation_returns_its_samples_expected_response(String command)
      throws IOException {
    var function = command.substring(COMMAND.length(), command.indexOf(" -e "));
    var name = command.replaceFirst(".* -e events/(.*)\\.json .*", "$1");

    SampleEvents.check((_, _) -> run(command), new SampleEvents.Sample(function, name));
  }

  /// Returns what the command prints on standard output.
  private static String run(String command) {
    try {
      var process =
          new ProcessBuilder("bash", "-c", command)
              .directory(Shared.ROOT.toFile())
              .redirectError(Redirect.INHERIT)
              .start();
      var answer = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).isZero();
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
