package dev.keyferry.product.differences;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.Reply;
import dev.keyferry.product.Shared;
import dev.keyferry.product.differences.Difference.Compared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sends the same requests to Keyferry and to Spring Authorization Server, and finds exactly the
/// differences that `docs/differences.md` explains.
class DifferencesTest {
  private static final Pattern ROW = Pattern.compile("\\| (.+?) \\| (.+?) \\| (.+?) \\| (.+) \\|");

  private static List<Compared> compared = List.of();

  private record Row(Difference difference, String why) {}

  @BeforeAll
  static void sends_the_same_requests_to_both(@TempDir Path directory) throws LifecycleException {
    try (var peer = new SpringServer(directory)) {
      var exchanges = Exchange.all();
      var theirs = CompletableFuture.supplyAsync(() -> answers(exchanges, peer));
      var ours = answers(exchanges, new KeyferryServer());
      compared =
          IntStream.range(0, exchanges.size())
              .mapToObj(i -> new Compared(exchanges.get(i), ours.get(i), theirs.join().get(i)))
              .toList();
    }
  }

  private static List<Reply> answers(List<Exchange> exchanges, AuthorizationServer server) {
    return exchanges.stream().map(each -> answer(each, server)).toList();
  }

  private static Reply answer(Exchange exchange, AuthorizationServer server) {
    server.pause();
    return server.send(exchange.with(new Credentials(server)));
  }

  @Test
  void the_responses_differ_only_where_the_table_says_so() throws IOException {
    var found = compared.stream().flatMap(each -> each.answer().stream()).toList();
    assertThat(differences("## Answers")).containsExactlyInAnyOrderElementsOf(found);
  }

  @Test
  void the_headers_differ_only_where_the_table_says_so() throws IOException {
    assertThat(differences("## Headers"))
        .containsExactlyInAnyOrderElementsOf(Difference.ofHeaders(compared));
  }

  @Test
  void every_difference_is_explained_by_a_section_of_an_rfc() throws IOException {
    assertThat(Stream.concat(rows("## Answers"), rows("## Headers")))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.why()).containsPattern("RFC \\d{4} §\\d"));
  }

  @Test
  void the_page_says_how_many_requests_were_compared_and_how_many_agree() throws IOException {
    var agreeing = compared.stream().filter(Compared::agrees).count();
    var summary =
        "%d requests are compared, and %d get the same response from both servers."
            .formatted(compared.size(), agreeing);
    System.out.println(summary);
    assertThat(compared).hasSizeGreaterThan(100);
    assertThat(compared).extracting(each -> each.exchange().name()).doesNotHaveDuplicates();
    assertThat(page()).contains(summary);
  }

  private static String page() throws IOException {
    return Files.readString(Shared.ROOT.resolve("docs/differences.md"));
  }

  private static List<Difference> differences(String heading) throws IOException {
    return rows(heading).map(Row::difference).flatMap(DifferencesTest::each).toList();
  }

  /// A row may stand for several requests.
  private static Stream<Difference> each(Difference row) {
    return Stream.of(row.of().split("; "))
        .map(name -> new Difference(name, row.keyferry(), row.peer()));
  }

  private static Stream<Row> rows(String heading) throws IOException {
    return page()
        .lines()
        .dropWhile(line -> !line.equals(heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .map(ROW::matcher)
        .filter(row -> row.matches() && !row.group(4).equals("why"))
        .map(
            row -> new Row(new Difference(row.group(1), row.group(2), row.group(3)), row.group(4)));
  }
}
