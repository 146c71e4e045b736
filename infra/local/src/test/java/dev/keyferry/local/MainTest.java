package dev.keyferry.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Tests of `mvn -Plocal` in a process of its own, as a person uses it.
class MainTest {
  private static final Duration START = Duration.ofSeconds(10);

  /// A stack that is starting or running, and its output so far.
  private record Running(Process process, BufferedReader out, List<String> printed) {
    static Running start(Map<String, String> environment) throws IOException {
      return start(environment, true);
    }

    static Running start(Map<String, String> environment, boolean withStandardError)
        throws IOException {
      var command =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "-XX:TieredStopAtLevel=1",
              "-classpath",
              System.getProperty("java.class.path"),
              Main.class.getName(),
              "../../template.yaml");
      command.environment().putAll(environment);
      var process =
          withStandardError
              ? command.redirectErrorStream(true).start()
              : command.redirectError(Redirect.DISCARD).start();
      var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      return new Running(process, out, new ArrayList<>());
    }

    void readUntil(String beginning) throws IOException {
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        printed.add(line);
        if (line.startsWith(beginning)) {
          return;
        }
      }
      throw new AssertionError("ended without " + beginning + ": " + printed);
    }
  }

  /// Three ports that were free a moment ago.
  private static Map<String, String> freePorts() throws IOException {
    try (var one = new ServerSocket(0);
        var two = new ServerSocket(0);
        var three = new ServerSocket(0)) {
      return Map.of(
          "KEYFERRY_PORT", Integer.toString(one.getLocalPort()),
          "KEYFERRY_OIDC_PORT", Integer.toString(two.getLocalPort()),
          "KEYFERRY_DYNAMODB_PORT", Integer.toString(three.getLocalPort()));
    }
  }

  @Test
  void the_stack_is_ready_in_ten_seconds_and_its_four_lines_work_and_it_stops_on_request()
      throws Exception {
    var ports = freePorts();
    var started = System.nanoTime();
    var stack = Running.start(ports);
    try {
      stack.readUntil("ready http://127.0.0.1:" + ports.get("KEYFERRY_PORT"));
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(START);
      stack.readUntil("Press Ctrl-C");

      var lines = stack.printed().stream().filter(line -> line.startsWith("  ")).toList();
      assertThat(lines).hasSize(4);
      assertThat(paste(lines)).contains("\"status\":\"approved\"").contains("\"sub\":\"alice\"");
      assertThat(authorizations(ports)).as("limits are on").contains("slow_down");

      stack.process().destroy();
      assertThat(stack.process().waitFor(START.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      stack.process().destroyForcibly();
    }
  }

  /// The README's call, as the AWS CLI sends it.
  @Test
  void an_operator_disables_a_user_and_sees_the_event_on_standard_output() throws Exception {
    var ports = freePorts();
    var stack = Running.start(ports, false);
    try {
      stack.readUntil("ready");
      var answer =
          paste(
              List.of(
                  """
                  curl -s http://127.0.0.1:%s/2015-03-31/functions/SubjectFunction/invocations \
                    -H 'Authorization: AWS4-HMAC-SHA256 Credential=any' \
                    -d '{"action":"disable","subject":"alice"}'
                  """
                      .formatted(ports.get("KEYFERRY_PORT"))));

      assertThat(answer).contains("\"status\":\"disabled\"");
      stack.readUntil("{");
      assertThat(stack.printed().getLast())
          .contains("\"event\":\"subject_disabled\"")
          .contains("\"stack\":\"local\"");
    } finally {
      stack.process().destroyForcibly();
    }
  }

  @Test
  void limits_can_be_turned_off_for_load_tests() throws Exception {
    var ports = new HashMap<>(freePorts());
    ports.put("KEYFERRY_LIMITS", "off");
    var stack = Running.start(ports);
    try {
      stack.readUntil("ready");

      assertThat(authorizations(ports)).contains("device_code").doesNotContain("slow_down");
    } finally {
      stack.process().destroyForcibly();
    }
  }

  /// The response to a device that sends more than twice as many requests per minute as one address
  /// may.
  private static String authorizations(Map<String, String> ports) throws IOException {
    return paste(
        List.of(
            "for i in $(seq 61); do curl -s http://127.0.0.1:%s/oauth/device/authorize -d client_id=cli; done"
                .formatted(ports.get("KEYFERRY_PORT"))));
  }

  @Test
  void a_switch_that_is_neither_on_nor_off_is_one_clear_line() throws Exception {
    var stack = Running.start(Map.of("KEYFERRY_LIMITS", "maybe"));

    assertThat(stack.out().lines())
        .containsExactly("keyferry: KEYFERRY_LIMITS must be on or off, but is maybe");
    assertThat(stack.process().waitFor()).isEqualTo(69);
  }

  @Test
  void a_folder_for_tables_that_are_elsewhere_is_one_clear_line() throws Exception {
    var elsewhere = Map.of("KEYFERRY_AWS_ENDPOINT", "http://127.0.0.1:1", "KEYFERRY_DATA", "data");
    var stack = Running.start(elsewhere);

    assertThat(stack.out().lines())
        .containsExactly(
            "keyferry: KEYFERRY_DATA and KEYFERRY_AWS_ENDPOINT are both set;"
                + " set only one of them");
    assertThat(stack.process().waitFor()).isEqualTo(69);
  }

  private static String paste(List<String> lines) throws IOException {
    var shell = new ProcessBuilder("bash", "-c", String.join("\n", lines)).start();
    return new String(shell.getInputStream().readAllBytes(), UTF_8);
  }

  @Test
  void a_port_in_use_is_one_clear_line() throws Exception {
    for (var name : List.of("KEYFERRY_PORT", "KEYFERRY_OIDC_PORT", "KEYFERRY_DYNAMODB_PORT")) {
      var ports = freePorts();
      try (var taken = new ServerSocket()) {
        taken.bind(Loopback.port(Integer.parseInt(ports.getOrDefault(name, ""))));

        var stack = Running.start(ports);

        assertThat(stack.out().lines())
            .containsExactly(
                "keyferry: port %d is in use; set %s to another port"
                    .formatted(taken.getLocalPort(), name));
        assertThat(stack.process().waitFor()).isEqualTo(69);
      }
    }
  }
}
