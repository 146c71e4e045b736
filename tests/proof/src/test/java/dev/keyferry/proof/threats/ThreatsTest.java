package dev.keyferry.proof.threats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/// Checks that tests cover each threat. It reads Surefire's reports of this build, so it runs after
/// all other tests (`tests/proof/pom.xml`).
final class ThreatsTest {
  private static final Path ROOT = Path.of("../..");
  private static final List<String> MODULES =
      List.of("infra/clients", "functions", "infra/local", "cli", "tests/product", "tests/proof");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| \\*\\*.*$");
  private static final Pattern NAME = Pattern.compile("`(\\w+Test\\.\\w+)`");

  /// Surefire keeps the reports of earlier builds.
  private static final Instant BEGAN = Instant.parse(System.getProperty("build.began", ""));

  @Test
  void every_threat_is_covered_by_tests_that_passed_in_this_build() throws Exception {
    var passed = passed();
    var rows =
        ROW.matcher(Files.readString(ROOT.resolve("docs/threats.md")))
            .results()
            .map(row -> row.group())
            .toList();

    assertThat(rows).hasSizeGreaterThan(30).allSatisfy(row -> assertThat(names(row)).isNotEmpty());
    assertThat(rows.stream().flatMap(row -> names(row).stream())).isSubsetOf(passed);
  }

  private static List<String> names(String row) {
    return NAME.matcher(row).results().map(name -> name.group(1)).toList();
  }

  /// `Class.method` of all tests that ran and did not fail in any repetition.
  private static Set<String> passed() throws Exception {
    var passed = new HashSet<String>();
    var failed = new HashSet<String>();
    for (var module : MODULES) {
      try (var files = Files.list(ROOT.resolve(module).resolve("target/surefire-reports"))) {
        for (var file : files.filter(ThreatsTest::isReport).toList()) {
          if (!Files.getLastModifiedTime(file).toInstant().isBefore(BEGAN)) {
            read(file, passed, failed);
          }
        }
      }
    }
    passed.removeAll(failed);
    return passed;
  }

  private static boolean isReport(Path file) {
    return file.getFileName().toString().matches("TEST-.*\\.xml");
  }

  private static void read(Path report, Set<String> passed, Set<String> failed)
      throws IOException, ParserConfigurationException, SAXException {
    var document =
        DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(report.toFile());
    var cases = document.getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      var test = (Element) cases.item(i);
      var name = simpleName(test.getAttribute("classname")) + "." + method(test);
      (isBad(test) ? failed : passed).add(name);
    }
  }

  private static String simpleName(String className) {
    return className.replaceFirst("^.*\\.", "").replaceFirst("\\$.*", "");
  }

  /// The name without the parameters of a repetition.
  private static String method(Element test) {
    return test.getAttribute("name").replaceFirst("\\W.*", "");
  }

  private static boolean isBad(Element test) {
    return Stream.of("failure", "error", "skipped")
        .anyMatch(kind -> test.getElementsByTagName(kind).getLength() > 0);
  }
}
