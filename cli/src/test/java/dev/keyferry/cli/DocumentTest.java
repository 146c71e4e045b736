package dev.keyferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.client.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checks the exit codes and the JSON examples in docs/cli.md.
class DocumentTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path home;

  private static String document() throws IOException {
    return Files.readString(Path.of("../docs/cli.md"));
  }

  /// The example after this heading.
  private static JsonNode example(String heading) throws IOException {
    var document = document();
    var from = document.indexOf("\n" + heading);
    assertThat(from).as(heading).isPositive();
    var example = EXAMPLE.matcher(document);
    assertThat(example.find(from)).isTrue();
    return JSON.readTree(example.group(1));
  }

  /// The members and their types. A list has those of its first element.
  private static Set<String> shape(String name, JsonNode node) {
    var shape = new TreeSet<String>();
    if (node.isObject()) {
      node.properties()
          .forEach(member -> shape.addAll(shape(name + "." + member.getKey(), member.getValue())));
    } else if (node.isArray()) {
      shape.addAll(shape(name + "[]", node.path(0)));
    } else {
      shape.add(name + " " + node.getNodeType());
    }
    return shape;
  }

  private static void same(String heading, Account.Run run) throws IOException {
    assertThat(shape("", run.json())).as(run.toString()).isEqualTo(shape("", example(heading)));
  }

  @Test
  void each_command_prints_the_members_that_are_documented() throws Exception {
    var account = new Account(home);
    var url = LocalStack.url().toString();

    same("An error, of any command", account.keyferry("token", "--json"));
    var begun = account.begin();
    same("`login --no-wait`", begun);
    LocalStack.approve("alice", begun.text("user_code"));
    same("`login`", account.resume(begun));
    same("`whoami`", account.keyferry("whoami", "--json"));
    same("`token`", account.keyferry("token", "--json"));
    same("`devices`", account.keyferry("devices", "--json"));
    same("`devices`", account.keyferry("devices", "revoke", "--json"));
    same("`profiles`", account.keyferry("profiles", "--json"));
    same("`doctor`", account.keyferry("doctor", "--json"));
    same("`smoke`", account.keyferry("smoke", url, "--json"));
    same("`completion`", account.keyferry("completion", "fish", "--json"));
    same("`logout`", account.keyferry("logout", "--json"));
    same(
        "`login --with-token`",
        account.keyferryReading("key\n", "login", url, "--with-token", "--json"));
  }

  @Test
  void the_exit_codes_match_the_table() throws IOException {
    var document = document();

    for (var code : ExitCode.values()) {
      var word = code == ExitCode.OK ? "" : "`" + code.word() + "` ";
      assertThat(document)
          .contains("| %d | %s| %s |".formatted(code.number(), word, code.meaning()));
    }
    assertThat(List.of(ExitCode.values())).extracting(ExitCode::number).doesNotHaveDuplicates();
  }
}
