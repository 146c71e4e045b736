package dev.keyferry.product.artifact;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyferry.codes.Purpose;
import dev.keyferry.product.SampleEvents.Sample;
import dev.keyferry.product.artifact.PackagedFunctions.Launch;
import dev.keyferry.product.artifact.PackagedFunctions.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;

/// Tests of the packaged artifact under Lambda's own runtime client, before and after SnapStart
/// takes its snapshot.
@Timeout(60)
class SnapshotTest {
  private static final Launch SNAP_START =
      new Launch(
          "SnapStart",
          List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", PackagedFunctions.HOOKS),
          true,
          true,
          false);

  @TempDir static Path work;

  private static PackagedFunctions stage;

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(Files.exists(PackagedFunctions.ARTIFACT), "not packaged yet");
    stage = new PackagedFunctions(work);
  }

  @AfterAll
  static void close() {
    if (stage != null) {
      stage.close();
    }
  }

  static List<Sample> samples() throws IOException {
    return stage.samples();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void every_function_primes_without_calling_aws_and_answers_its_sample_after_restore(Sample sample)
      throws Exception {
    var before = stage.front().requests();
    try (var started = stage.start(sample, SNAP_START)) {
      stage.next(started, "restore");
      assertThat(stage.front().requests()).isEqualTo(before);
      assertThat(loaded(started))
          .contains("dev.keyferry.lambda.Prime", "sun.security.ssl.SSLEngineImpl");

      started.api().restore();

      stage.next(started, "next");
      stage.answer(started, sample);
    }
  }

  @Test
  void the_snapshot_holds_neither_a_subkey_nor_credentials() throws Exception {
    var poll = new Sample("PollFunction", "poll");
    try (var started = stage.start(poll, SNAP_START)) {
      stage.next(started, "restore");
      assertThat(heap(started, "snapshot")).isEmpty();

      started.api().restore();

      stage.next(started, "next");
      stage.answer(started, poll);
      assertThat(heap(started, "answered")).contains("credentials", "device-code");
    }
  }

  /// The secrets in a heap that no snapshot may contain.
  private static List<String> heap(Started started, String name) throws Exception {
    var file = work.resolve(name + ".hprof");
    jcmd(started, "GC.heap_dump", "-all", file.toString());
    var heap = new String(Files.readAllBytes(file), ISO_8859_1);
    return Stream.concat(
            Stream.of("credentials").filter(_ -> heap.contains(AwsEndpoint.SECRET_ACCESS_KEY)),
            Stream.of(Purpose.values())
                .filter(purpose -> heap.contains(subkey(purpose)))
                .map(Purpose::label))
        .toList();
  }

  private static String subkey(Purpose purpose) {
    try (var kms = stage.aws().kms().kms()) {
      return kms.generateMac(request ->
              request
                  .keyId(stage.hashKey())
                  .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                  .message(SdkBytes.fromUtf8String("keyferry/" + purpose.label() + "/v1")))
          .mac()
          .asString(ISO_8859_1);
    }
  }

  private static String loaded(Started started) throws Exception {
    return jcmd(started, "VM.class_hierarchy", "-i");
  }

  private static String jcmd(Started started, String... command)
      throws IOException, InterruptedException {
    var all =
        Stream.concat(
            Stream.of(PackagedFunctions.java("jcmd"), Long.toString(started.process().pid())),
            Stream.of(command));
    var output = work.resolve("jcmd.log");
    var ended =
        new ProcessBuilder(all.toList())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    var said = Files.readString(output);
    assertThat(ended).as(said).isZero();
    return said;
  }
}
