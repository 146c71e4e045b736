package dev.keyferry.product.artifact;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.product.Shared;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the uploaded artifact: the shaded jar or, before packaging, our own classes in it.
class ArtifactTest {
  private static final Path TARGET = Shared.ROOT.resolve("functions/target");

  /// The form of credentials: AWS's, private keys, JWTs, and Keyferry's own.
  private static final Pattern SECRET =
      Pattern.compile(
          "\\b(AKIA|ASIA)[A-Z2-7]{16}\\b"
              + "|-----BEGIN [A-Z ]*PRIVATE KEY-----\\s+[A-Za-z0-9+/]{16}"
              + "|\\beyJ[\\w-]{16,}\\.eyJ[\\w-]{16,}\\.[\\w-]{16,}"
              + "|\\bkfr?_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}\\b");

  private static final Pattern SECRET_FILE =
      Pattern.compile("(?i).*(\\.(pem|key|p12|pfx|jks|keystore|env)|/credentials|samconfig.*)");

  /// The samples that prime functions contain made-up tokens, which are public.
  private static final String SAMPLES = "/dev/keyferry/lambda/prime/";

  private static List<Path> files(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains(SAMPLES))
          .toList();
    }
  }

  /// @param atLeast the smallest plausible number of files; with fewer, the path is wrong
  private static void check(Path root, int atLeast) throws IOException {
    var found = new ArrayList<String>();
    var files = files(root);
    for (var file : files) {
      var name = file.toString();
      if (SECRET_FILE.matcher(name).matches()
          || SECRET.matcher(new String(Files.readAllBytes(file), ISO_8859_1)).find()) {
        found.add(name);
      }
    }
    assertThat(files).hasSizeGreaterThan(atLeast);
    assertThat(found).isEmpty();
  }

  @Test
  void nothing_in_the_artifact_looks_like_a_secret() throws IOException {
    check(TARGET.resolve("classes"), 100);
    var jar = TARGET.resolve("keyferry-functions.jar");
    if (Files.exists(jar)) {
      try (FileSystem contents = FileSystems.newFileSystem(jar)) {
        check(contents.getPath("/"), 1000);
      }
    }
  }

  @Test
  void the_artifact_is_at_most_20_megabytes() throws IOException {
    var jar = TARGET.resolve("keyferry-functions.jar");
    if (Files.exists(jar)) {
      assertThat(Files.size(jar)).isLessThanOrEqualTo(20_000_000);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x AKIAIOSFODNN7EXAMPLE y",
        "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIOaV7k1n9PAbCdEf",
        "kf_0123456789abcdef_0123456789012345678901234567890123456789abcdefghi",
        "eyJhbGciOiJSUzI1NiJ9eyJh.eyJzdWIiOiJhbGljZSJ9eyJh.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
      })
  void a_secret_would_be_seen(String text) {
    assertThat(SECRET.matcher(text).find()).isTrue();
  }

  @Test
  void the_bill_of_materials_lists_the_shipped_libraries_and_no_test_libraries()
      throws IOException {
    var bill = TARGET.resolve("keyferry-functions.cdx.json");
    if (Files.exists(bill)) {
      assertThat(Files.readString(bill, UTF_8))
          .contains("\"bomFormat\" : \"CycloneDX\"")
          .contains(
              "pkg:maven/software.amazon.awssdk/dynamodb@", "pkg:maven/com.nimbusds/nimbus-jose")
          .doesNotContain("assertj", "junit", "snakeyaml", "serialNumber");
    }
  }
}
