package dev.keyferry.proof.randomness;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.codes.Secret;
import dev.keyferry.codes.TestHasher;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Answer;
import dev.keyferry.flow.ConfirmationPolicy;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.Environment;
import dev.keyferry.flow.InMemoryGrantStore;
import dev.keyferry.flow.InMemoryKeyStore;
import dev.keyferry.flow.Issuance;
import dev.keyferry.flow.Samples;
import dev.keyferry.jose.Jwe;
import dev.keyferry.lambda.PrimedFunction;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.security.DrbgParameters;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// A function's process at the time of Lambda's snapshot, which `fork` then copies with its heap. A
/// copy has only the current thread. It can neither collect garbage nor compile, so the caller must
/// make sure that it needs neither.
final class Image {
  private static final int TRIES = 5;

  /// The encryption key of a device: RFC 7517, appendix A.1.
  private static final String JWK =
      """
      {"kty":"EC","crv":"P-256","alg":"ECDH-ES+A256KW","kid":"1",
       "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
       "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}\
      """;

  /// Stands still, like the platform's clock.
  private final InstantSource clock = InstantSource.fixed(Instant.now());

  private final RandomGenerator drawn;
  private final PrimedFunction function;
  private final InMemoryGrantStore grants = new InMemoryGrantStore(new InMemoryKeyStore());
  private final DeviceFlow flow;
  private final Map<String, RandomGenerator> seeded;

  private Image(RandomGenerator drawn, PrimedFunction function) throws GeneralSecurityException {
    this.drawn = drawn;
    this.function = function;
    flow =
        new DeviceFlow(
            grants,
            new InMemoryKeyStore(),
            new TestHasher(),
            new Issuance(TokenPrefix.DEFAULT, (_, _) -> ""),
            _ -> ConfirmationPolicy.OFF,
            new Environment(clock, drawn, _ -> {}));
    seeded =
        Map.of(
            "SplittableRandom",
            new SplittableRandom(),
            "SHA1PRNG",
            SecureRandom.getInstance("SHA1PRNG"),
            "DRBG",
            SecureRandom.getInstance(
                "DRBG",
                DrbgParameters.instantiation(
                    256, DrbgParameters.Capability.RESEED_ONLY, new byte[0])));
    seeded.values().forEach(RandomGenerator::nextLong);
  }

  /// @param arguments the number of copies that are told that they are restored, and the number of
  ///     those that are not
  public static void main(String... arguments) throws Throwable {
    // Loads everything that a copy will need.
    var function = new PrimedFunction();
    new Image(new SecureRandom(), function).values();
    var image = new Image(function.random(), function);
    function.beforeSnapshot();
    stopTheClock();
    var processes = new Processes();
    image.copy(processes, Integer.parseInt(arguments[0]), true);
    image.copy(processes, Integer.parseInt(arguments[1]), false);
  }

  /// Sometimes a copy waits for a lock of a thread that it does not have, because the JVM tidies
  /// its memory every five seconds. Then another copy replaces it.
  private void copy(Processes processes, int wanted, boolean restored) throws Throwable {
    var missing = wanted;
    for (int tries = 0; missing > 0 && tries < TRIES; tries++) {
      var copies = new HashSet<Integer>();
      for (int copy = 0; copy < missing; copy++) {
        var process = processes.fork();
        if (process == 0) {
          processes.end(report(restored) ? 0 : 1);
        }
        copies.add(process);
      }
      missing = processes.await(copies);
    }
  }

  /// For a tenth of a second, the platform's generator reuses bytes that it read from the kernel
  /// just before the snapshot. In the copies that time does not pass: a restored clock may show the
  /// same time, or an earlier one.
  private static void stopTheClock() throws ReflectiveOperationException {
    var type = Class.forName("sun.security.provider.NativePRNG");
    var instance = type.getDeclaredField("INSTANCE");
    instance.setAccessible(true);
    var io = instance.get(null);
    var buffer = io.getClass().getDeclaredField("nextBuffer");
    var left = io.getClass().getDeclaredField("buffered");
    var read = io.getClass().getDeclaredField("lastRead");
    buffer.setAccessible(true);
    left.setAccessible(true);
    read.setAccessible(true);
    left.setInt(io, ((byte[]) buffer.get(io)).length);
    read.setLong(io, Long.MAX_VALUE / 2);
  }

  /// Writes once, so that the copies' lines do not mix.
  private boolean report(boolean restored) {
    try (var out = new FileOutputStream(FileDescriptor.out)) {
      if (restored) {
        function.afterRestore();
      }
      var line =
          values().entrySet().stream()
              .map(value -> value.getKey() + "=" + value.getValue())
              .collect(Collectors.joining("\t", restored ? "restored\t" : "copied\t", "\n"));
      out.write(line.getBytes(UTF_8));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// All values that the flows draw, and the values of the other generators.
  private Map<String, String> values() {
    var values = new LinkedHashMap<String, String>();
    var codes = given(flow.authorize(Samples.request(clock.instant())));
    values.put("device code", codes.deviceCode().reveal());
    values.put("user code", codes.userCode().display());
    var _ =
        flow.poll(
            Samples.CLI, codes.deviceCode(), Optional.empty(), Optional.empty(), Optional.empty());
    var polled = grants.find(codes.deviceCode().locator()).orElseThrow();
    values.put("attempt", polled.pace().lastPoll().orElseThrow());
    var screen = given(flow.claim(Samples.subject(), codes.userCode()));
    values.put("approval nonce", screen.approvalNonce());
    values.put("name", Secret.drawName(drawn));
    var jwe = Jwe.encrypt(JWK, "{}").split("\\.", -1);
    values.put("ephemeral key", jwe[0]);
    values.put("nonce of an encryption", jwe[2]);
    values.put("another generator", Secret.drawName(new SecureRandom()));
    seeded.forEach((name, generator) -> values.put(name, Secret.drawName(generator)));
    return values;
  }

  private static <T> T given(Answer<T> answer) {
    return switch (answer) {
      case Answer.Given<T>(var it) -> it;
      case Answer.Declined<T> declined -> throw new IllegalStateException(declined.toString());
    };
  }

  /// Calls of the C library that Java does not offer.
  @SuppressWarnings("restricted")
  private static final class Processes {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int AT_ONCE = 1;
    private static final int SIGKILL = 9;

    private final MethodHandle fork = call("fork", FunctionDescriptor.of(JAVA_INT));
    private final MethodHandle end = call("_exit", FunctionDescriptor.ofVoid(JAVA_INT));
    private final MethodHandle kill =
        call("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private final MethodHandle await =
        call("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private final MemorySegment status = Arena.global().allocate(JAVA_INT);

    private static MethodHandle call(String name, FunctionDescriptor types) {
      var linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), types);
    }

    /// Returns the copy's id, or 0 in the copy.
    int fork() throws Throwable {
      return (int) fork.invokeExact();
    }

    /// Ends at once, without the threads that a Java process needs to exit.
    void end(int status) throws Throwable {
      end.invokeExact(status);
    }

    /// Returns the number of copies that fail or time out.
    int await(Set<Integer> copies) throws Throwable {
      var bad = copies.size();
      var end = System.nanoTime() + PATIENCE.toNanos();
      while (!copies.isEmpty()) {
        var ended = (int) await.invokeExact(-1, status, AT_ONCE);
        if (ended > 0) {
          copies.remove(ended);
          bad -= status.get(JAVA_INT, 0) == 0 ? 1 : 0;
        } else if (System.nanoTime() < end) {
          LockSupport.parkNanos(PAUSE.toNanos());
        } else {
          for (int copy : copies) {
            var _ = (int) kill.invokeExact(copy, SIGKILL);
          }
        }
      }
      return bad;
    }
  }
}
