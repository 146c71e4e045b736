package dev.keyferry.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the artifact leaves out of its libraries is nothing that a function could ever need: by the
/// code of all methods that ours reach, and by the JVM, which verifies all that is left.
class ReachableTest {
  private static final Path ARTIFACT = LambdaStage.ARTIFACT;
  private static final Pattern LIBRARY =
      Pattern.compile("\"purl\" : \"pkg:maven/[^/]+/([^@]+)@([^?\"]+)");
  private static final String OURS = "dev/keyferry/";

  /// Classes of libraries by the name that the artifact's class loader finds.
  private static Map<String, byte[]> whole = Map.of();

  private static Map<String, byte[]> shipped = Map.of();
  private static Reachable reachable = new Reachable(Map.of());

  @BeforeAll
  static void read() throws IOException {
    assumeTrue(Files.exists(ARTIFACT), "not packaged yet");
    shipped = classes(ARTIFACT);
    whole = new HashMap<>();
    for (var library : libraries()) {
      classes(library).forEach(whole::putIfAbsent);
    }
    // Ours as they were packaged.
    shipped.forEach((name, file) -> {
      if (name.startsWith(OURS)) {
        whole.put(name, file);
      }
    });
    var roots =
        new ArrayList<>(whole.keySet().stream().filter(name -> name.startsWith(OURS)).toList());
    roots.addAll(providers());
    reachable = new Reachable(whole).from(roots);
  }

  private static Map<String, byte[]> classes(Path jar) throws IOException {
    var classes = new TreeMap<String, byte[]>();
    try (var contents = FileSystems.newFileSystem(jar);
        var files = Files.walk(contents.getPath("/"))) {
      for (var file : (Iterable<Path>) files::iterator) {
        var name = file.toString().substring(1);
        if (name.endsWith(".class") && !name.contains("-")) {
          classes.put(
              name.substring(0, name.length() - ".class".length()), Files.readAllBytes(file));
        }
      }
    }
    return classes;
  }

  /// The jars that the bill of materials lists, as this test's class path has them.
  private static List<Path> libraries() throws IOException {
    var listed = new HashSet<String>();
    LIBRARY
        .matcher(Files.readString(ARTIFACT.resolveSibling("keyferry-functions.cdx.json"), UTF_8))
        .results()
        .forEach(library -> listed.add(library.group(1) + "-" + library.group(2) + ".jar"));
    var found =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(path -> listed.contains(path.getFileName().toString()))
            .toList();
    assertThat(found).hasSizeGreaterThan(20);
    return found;
  }

  /// Services that a library may ask a `ServiceLoader` for.
  private static List<String> providers() throws IOException {
    var providers = new ArrayList<String>();
    try (var contents = FileSystems.newFileSystem(ARTIFACT);
        var files = Files.list(contents.getPath("/META-INF/services"))) {
      for (var file : (Iterable<Path>) files::iterator) {
        Files.readAllLines(file)
            .forEach(provider -> providers.add(provider.strip().replace('.', '/')));
      }
    }
    return providers.stream().filter(whole::containsKey).toList();
  }

  @Test
  void every_class_that_a_function_can_reach_is_in_the_artifact() {
    assertThat(reachable.run())
        .contains(
            "dev/keyferry/lambda/PollHandler",
            "software/amazon/awssdk/services/dynamodb/transform/UpdateItemRequestMarshaller",
            "software/amazon/awssdk/services/dynamodb/model/TransactionCanceledException",
            "com/nimbusds/jose/crypto/ECDHEncrypter");
    assertThat(reachable.named()).containsAll(reachable.run());
    assertThat(reachable.named().stream().filter(name -> !shipped.containsKey(name))).isEmpty();
  }

  @Test
  void the_jvm_loads_each_of_them_and_verifies_those_that_run_from_the_artifact_alone()
      throws IOException {
    var broken = new ArrayList<String>();
    try (var artifact =
        new URLClassLoader(
            new URL[] {ARTIFACT.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (var name : reachable.named()) {
        try {
          Class.forName(name.replace('/', '.'), reachable.run().contains(name), artifact);
        } catch (ClassNotFoundException | LinkageError e) {
          broken.add(name + ": " + e);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void most_of_the_libraries_is_left_out() throws IOException {
    assertThat(whole.size()).isGreaterThan(5 * shipped.size() / 4);
    assertThat(Files.size(ARTIFACT)).isLessThan(8_000_000);
  }
}
