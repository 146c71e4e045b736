package dev.keyferry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.client.LocalStack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Extracts and runs the programs in docs/clients.md.
@Execution(ExecutionMode.CONCURRENT)
class ClientsTest {
  private static final Pattern CODE = Pattern.compile("check the code ([A-Z0-9]{4}-[A-Z0-9]{4})$");
  private static final int LONGEST = 20;

  @TempDir private Path folder;

  private static String program(String language) throws IOException {
    var document = Files.readString(Path.of("../docs/clients.md"));
    var from = document.indexOf("```" + language + "\n");
    assertThat(from).isPositive();
    var start = document.indexOf('\n', from) + 1;
    var program = document.substring(start, document.indexOf("\n```", start) + 1);
    assertThat(program.lines()).hasSizeLessThanOrEqualTo(LONGEST);
    return program;
  }

  private void logsIn(String language, String file, String... command) throws Exception {
    runs(Files.writeString(folder.resolve(file), program(language)), command);
  }

  private void runs(Path program, String... command) throws Exception {
    var all = new ArrayList<>(List.of(command));
    all.add(program.toString());
    var builder = new ProcessBuilder(all).directory(folder.toFile());
    builder.environment().put("K", LocalStack.url().toString());
    var process = builder.start();
    process.getOutputStream().close();
    try (var talk = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      var said = talk.readLine();
      var code = CODE.matcher(String.valueOf(said));
      assertThat(code.find()).as(said).isTrue();
      LocalStack.approve("alice", code.group(1));
      var token = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      assertThat(process.waitFor()).as(said).isZero();
      var account = new Account(folder).with("KEYFERRY_TOKEN", token);
      assertThat(account.keyferry("whoami", "--server", LocalStack.url().toString()).out())
          .startsWith("Alice ");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void bash_with_curl() throws Exception {
    logsIn("bash", "login.sh", "bash");
  }

  @Test
  void java_with_nimbus() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    logsIn("java", "Login.java", java, "-cp", System.getProperty("java.class.path"));
  }

  @Test
  @Tag("peers")
  void python() throws Exception {
    logsIn("python", "login.py", "python3");
  }

  /// Next to the folder where npm installs the imports.
  @Test
  @Tag("peers")
  void node_with_openid_client() throws Exception {
    var program = Path.of("target/peers/login.mjs").toAbsolutePath();
    Files.writeString(program, program("js"));
    runs(program, "node");
  }

  @Test
  void go_is_as_short() throws IOException {
    assertThat(program("go")).contains("DeviceAccessToken");
  }
}
