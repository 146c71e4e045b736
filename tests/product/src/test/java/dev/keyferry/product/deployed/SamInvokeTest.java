package dev.keyferry.product.deployed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.Template;
import dev.keyferry.product.SampleEvents;
import dev.keyferry.product.SampleEvents.Sample;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Invokes each function with its samples, by the command that `events/README.md` shows, with the SAM
/// CLI in Lambda's containers over LocalStack. `.ci/sam/local` starts what they need.
@Tag("sam")
class SamInvokeTest {
  static List<Sample> samples() throws IOException {
    return SampleEvents.all(new Template(Shared.ROOT.resolve("template.yaml"), Map.of()));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void each_invocation_returns_its_samples_expected_response(Sample sample) throws IOException {
    SampleEvents.check((_, _) -> run(sample.command()), sample);
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
