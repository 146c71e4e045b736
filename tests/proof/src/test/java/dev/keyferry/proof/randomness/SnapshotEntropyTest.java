package dev.keyferry.proof.randomness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyferry.lambda.AuthorizeHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests the random values after many restores of one snapshot. It copies the process of a primed
/// function with its heap, as a snapshot does, while the clock stands still.
///
/// It finds any value, or any generator state, that was drawn before the snapshot, wherever the
/// process keeps it. It does not show that the kernels of two restored environments give different
/// bytes. Here there is one kernel. On Lambda, Firecracker is responsible for that, and Lambda
/// promises it: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html.
class SnapshotEntropyTest {
  private static final int RESTORED = 50;
  private static final int ONLY_COPIED = 2;

  /// Generators that are seeded before the snapshot, which show that the copies are copies.
  private static final Set<String> SEEDED = Set.of("SplittableRandom", "SHA1PRNG", "DRBG");

  @TempDir static Path work;

  private static List<Map<String, String>> restored = List.of();
  private static List<Map<String, String>> copied = List.of();

  @BeforeAll
  static void copy() throws IOException, InterruptedException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "nothing to copy a process with");
    var output = work.resolve("output");
    var process = start(output);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    var said = Files.readString(output);
    restored = lines(said, "restored");
    copied = lines(said, "copied");
    assertThat(restored).as(said).hasSize(RESTORED);
    assertThat(copied).as(said).hasSize(ONLY_COPIED);
  }

  @Test
  void environments_restored_from_one_snapshot_never_draw_the_same_values() {
    var drawn =
        restored.stream()
            .flatMap(values -> values.entrySet().stream())
            .filter(value -> !SEEDED.contains(value.getKey()))
            .map(Map.Entry::getValue)
            .toList();

    assertThat(drawn).hasSize(RESTORED * 8).doesNotHaveDuplicates();
  }

  @Test
  void a_generator_seeded_before_the_snapshot_would_repeat_itself() {
    var all = Stream.concat(restored.stream(), copied.stream()).map(SnapshotEntropyTest::seeded);

    assertThat(all).hasSize(RESTORED + ONLY_COPIED).containsOnly(seeded(copied.getFirst()));
  }

  @Test
  void so_would_a_function_that_is_not_told_of_the_restore() {
    assertThat(copied.getFirst()).isEqualTo(copied.getLast());
  }

  private static Map<String, String> seeded(Map<String, String> values) {
    return values.entrySet().stream()
        .filter(value -> SEEDED.contains(value.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static List<Map<String, String>> lines(String said, String kind) {
    return said.lines()
        .filter(line -> line.startsWith(kind + "\t"))
        .map(line ->
            Arrays.stream(line.split("\t", -1))
                .skip(1)
                .map(value -> value.split("=", 2))
                .collect(Collectors.toMap(value -> value[0], value -> value[1])))
        .toList();
  }

  /// Runs interpreted and with room for all allocations, because a copy has no other threads.
  private static Process start(Path output) throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xint",
            "-XX:+UseSerialGC",
            "-Xmn192m",
            "-Xmx256m",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:GuaranteedSafepointInterval=0",
            "-XX:AsyncDeflationInterval=0",
            "-XX:GuaranteedAsyncDeflationInterval=0",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/sun.security.provider=ALL-UNNAMED",
            "-classpath",
            System.getProperty("java.class.path"),
            Image.class.getName(),
            Integer.toString(RESTORED),
            Integer.toString(ONLY_COPIED));
    var settings = builder.environment();
    settings.clear();
    settings.putAll(
        Map.of(
            "AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start",
            "_HANDLER", AuthorizeHandler.class.getName(),
            "AWS_REGION", "eu-central-1",
            "STACK_NAME", "copied",
            "GRANTS_TABLE", "Grants",
            "KEYS_TABLE", "Keys",
            "HASH_KEY", "alias/keyferry",
            "HASH_VERSION", "1",
            "AUTHORIZATIONS_PER_MINUTE", "30"));
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }
}
