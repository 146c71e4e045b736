package dev.keyferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.keyferry.client.Directories;
import dev.keyferry.client.LocalStack;
import dev.keyferry.client.LoginException;
import dev.keyferry.client.TokenStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests of the commands as scripts see them: exit codes, standard output, and standard error.
class CommandTest {
  private static final String ESCAPE = "\u001B";

  @TempDir private Path home;
  private Account account;

  @BeforeEach
  void anAccount() {
    account = new Account(home);
  }

  private static String url() {
    return LocalStack.url().toString();
  }

  private static void isOneLine(Account.Run run, int exitCode, String... said) {
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("keyferry: ").contains(said).doesNotContain(ESCAPE);
  }

  @Nested
  class A_login_that_does_not_wait {
    @Test
    void is_resumed_by_its_handle_and_no_output_or_file_contains_its_device_code()
        throws Exception {
      var begun = account.begin();
      var early = account.resume(begun, "--no-wait");
      LocalStack.approve("alice", begun.text("user_code"));
      var done = account.resume(begun);

      assertThat(begun.exitCode()).isZero();
      assertThat(early.exitCode()).isEqualTo(6);
      assertThat(early.text("error")).isEqualTo("pending");
      assertThat(done.exitCode()).isZero();
      assertThat(done.json().at("/user/name").asText()).isEqualTo("Alice");
      assertThat(done.err())
          .contains("Logged in as Alice <alice@example.com>, example at " + url());
      // A device code has 64 characters. No other word here is as long.
      for (var run : new Account.Run[] {begun, early, done}) {
        assertThat(run.out() + run.err()).doesNotContainPattern("[A-Za-z0-9_-]{60}");
      }
      try (var files = Files.walk(home)) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .doesNotContainPattern("[A-Za-z0-9_-]{60}");
        }
      }
    }

    @Test
    void keeps_the_idempotency_key_of_its_next_poll_for_the_process_that_resumes_it()
        throws Exception {
      var begun = account.begin();
      var first = keptKey(begun);
      account.resume(begun, "--no-wait");

      assertThat(keptKey(begun)).hasSize(22).isNotEqualTo(first);
    }

    private String keptKey(Account.Run begun) throws LoginException {
      var environment = Map.of("KEYFERRY_KEYCHAIN", "off");
      var directories = Directories.of(environment, home);
      return new Handles(TokenStore.best(directories, environment), directories)
          .find(begun.text("handle"))
          .orElseThrow()
          .pending()
          .idempotencyKey();
    }

    @Test
    void cannot_be_resumed_after_it_has_ended() throws Exception {
      var begun = account.begin();
      LocalStack.deny("alice", begun.text("user_code"));

      isOneLine(
          account.keyferry("login", "--resume", begun.text("handle"), "--no-wait"),
          4,
          "log in again");
      isOneLine(
          account.keyferry("login", "--resume", begun.text("handle")), 5, "under this handle");
      assertThat(account.keyferry("whoami").exitCode()).isEqualTo(3);
    }

    @Test
    void takes_the_number_as_an_option_and_survives_a_wrong_one() throws Exception {
      var begun = account.begin("--client-id", LocalStack.CAREFUL);
      var number = LocalStack.approve("alice", begun.text("user_code")).string("confirmation");
      var wrong = number.equals("47") ? "48" : "47";

      var asked = account.resume(begun);
      var refused = account.resume(begun, "--confirmation", wrong);
      var done = account.resume(begun, "--confirmation", number);

      assertThat(asked.exitCode()).isEqualTo(6);
      assertThat(asked.text("message")).contains("the number", "--confirmation NN");
      assertThat(refused.exitCode()).isEqualTo(6);
      assertThat(refused.text("message")).contains("not the number");
      assertThat(done.exitCode()).as(done.toString()).isZero();
    }
  }

  @Nested
  class Stored_logins {
    @Test
    void whoami_asks_the_server_and_exits_with_3_after_the_key_was_revoked_elsewhere()
        throws Exception {
      account.login("bob");
      var other = new Account(home.resolve("other"));
      other.with("KEYFERRY_TOKEN", account.keyferry("token").out().strip());

      assertThat(account.keyferry("whoami").out()).startsWith("Bob <bob@example.com>, example\n");
      assertThat(other.keyferry("whoami", "--server", url()).out()).startsWith("Bob ");
      assertThat(account.keyferry("logout", "--json").json().path("revoked").asBoolean()).isTrue();

      isOneLine(other.keyferry("whoami", "--server", url()), 3, "Run 'keyferry login'");
      isOneLine(account.keyferry("token"), 3, "keyferry login");
      assertThat(account.keyferry("logout").exitCode()).isZero();
    }

    @Test
    void whoami_offline_needs_no_server() throws Exception {
      account.login("bob");

      var told = account.keyferry("whoami", "--offline", "--json");

      assertThat(told.json().path("checked").asBoolean()).isFalse();
      assertThat(told.json().at("/user/subject").asText()).isEqualTo("bob");
    }

    @Test
    void token_refreshes_a_token_that_expires_within_a_minute() throws Exception {
      account.login("carol", "--lifetime", "60s", "--scope", "read offline_access");

      var first = account.keyferry("token");
      var second = account.keyferry("token", "--json");

      assertThat(first.out()).matches("kf_[A-Za-z0-9_]+\n");
      assertThat(first.err()).isEmpty();
      assertThat(second.text("access_token")).startsWith("kf_").isNotEqualTo(first.out().strip());
      assertThat(account.keyferry("whoami").exitCode()).isZero();
    }

    @Test
    void a_new_login_revokes_the_previous_one() throws Exception {
      account.login("dave");
      var old = account.keyferry("token").out().strip();
      account.login("erin");

      var other = new Account(home.resolve("other")).with("KEYFERRY_TOKEN", old);
      isOneLine(other.keyferry("whoami", "--server", url()), 3, "Run 'keyferry login'");
      assertThat(account.keyferry("whoami").out()).startsWith("Erin ");
    }

    @Test
    void profiles_are_separate_and_a_profile_of_another_server_is_not_overwritten()
        throws Exception {
      account.login("alice");
      account.login("bob", "--profile", "work");

      assertThat(account.keyferry("whoami").out()).startsWith("Alice ");
      assertThat(account.keyferry("whoami", "-p", "work").out()).startsWith("Bob ");
      assertThat(account.keyferry("profiles").out())
          .contains("* default  Alice, example  " + url(), "  work  Bob, example  " + url());
      isOneLine(account.keyferry("login", "https://elsewhere.example"), 2, "--profile", "log out");
      account.keyferry("profiles", "--use", "work");
      assertThat(account.keyferry("whoami").out()).startsWith("Bob ");
    }

    @Test
    void a_pasted_key_is_sent_as_it_is_and_deleted_without_being_revoked() throws Exception {
      var elsewhere = new Account(home.resolve("elsewhere"));
      elsewhere.login("frank");
      var key = elsewhere.keyferry("token").out();

      var kept = account.keyferryReading(key, "login", url(), "--with-token");

      assertThat(kept.exitCode()).as(kept.toString()).isZero();
      assertThat(kept.out() + kept.err()).doesNotContain(key.strip());
      assertThat(account.keyferry("whoami").out()).startsWith("Frank ");
      account.keyferry("logout");
      assertThat(elsewhere.keyferry("whoami").exitCode()).isZero();
    }

    @Test
    void a_modified_store_exits_with_9_and_says_what_to_do() throws Exception {
      account.login("alice");
      try (var files = Files.walk(home.resolve(".local/share/keyferry"))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          var bytes = Files.readAllBytes(file);
          Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 7);
          Files.write(file, bytes);
        }
      }

      isOneLine(account.keyferry("token"), 9, "keyferry doctor");

      // Deleted but not revoked: a script must not see success.
      var logout = account.keyferry("logout", "--json");
      assertThat(logout.exitCode()).as(logout.toString()).isEqualTo(7);
      assertThat(logout.json().path("ok").asBoolean(true)).isFalse();
      isOneLine(account.keyferry("token"), 3, "Run 'keyferry login'");
    }

    @Test
    void a_key_from_the_environment_is_sent_only_to_a_server_that_was_named() throws Exception {
      account.login("grace");
      account.with("KEYFERRY_TOKEN", account.keyferry("token").out().strip());

      isOneLine(account.keyferry("whoami"), 2, "--server");
    }
  }

  @Nested
  class Faults {
    @Test
    void of_usage_exit_with_2_and_name_the_help() {
      isOneLine(account.keyferry("lgoin"), 2, "Did you mean 'login'", "keyferry --help");
      isOneLine(account.keyferry("login", "--colour"), 2, "keyferry login --help");
      isOneLine(account.keyferry("login"), 2, "Name a server");
      isOneLine(account.keyferry("login", "ftp://x"), 2, "is not a server address");
      isOneLine(
          account.keyferry("login", "http://not-this-machine.example"),
          2,
          "is not a server address");
      isOneLine(account.keyferry("login", url(), "--lifetime", "soon"), 2, "90d");
      isOneLine(account.keyferry("token", "surplus"), 2, "keyferry token --help");
      isOneLine(account.keyferry("completion", "tcsh"), 2, "fish");
      isOneLine(account.keyferry(), 2, "keyferry --help");
    }

    @Test
    void of_an_unreachable_server_exit_with_7_and_of_another_kind_of_server_with_8()
        throws IOException {
      int free;
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        free = socket.getLocalPort();
      }
      isOneLine(account.keyferry("login", "http://127.0.0.1:" + free), 7, "Try again");

      var shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      shop.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
              out.write("<h1>Welcome to our shop</h1>".getBytes(StandardCharsets.UTF_8));
            }
          });
      shop.start();
      try {
        var address = "http://127.0.0.1:" + shop.getAddress().getPort();
        isOneLine(account.keyferry("login", address), 8, "doctor");
        assertThat(account.keyferry("doctor", address).exitCode()).isEqualTo(10);
        assertThat(account.keyferry("smoke", address).exitCode()).isEqualTo(10);
      } finally {
        shop.stop(0);
      }
    }

    @Test
    void from_the_server_exit_with_8_and_say_what_to_change() {
      isOneLine(
          account.keyferry("login", url(), "--client-id", "nobody"),
          8,
          "invalid_client",
          "--client-id");
      isOneLine(
          account.keyferry("login", url(), "--scope", "everything"), 8, "invalid_scope", "--scope");
    }

    @Test
    void are_always_an_object_on_standard_output_with_json() {
      for (var arguments :
          new String[][] {
            {"whoami", "--json"},
            {"login", "--json"},
            {"--json", "lgoin"},
            {"token", "-x", "--json"}
          }) {
        var run = account.keyferry(arguments);
        assertThat(run.json().path("ok").asBoolean(true)).isFalse();
        assertThat(run.json().path("exit_code").asInt()).isEqualTo(run.exitCode()).isNotZero();
        assertThat(run.err()).isEqualTo("keyferry: " + run.text("message") + "\n");
      }
    }

    @Test
    void show_no_stack_trace_unless_asked_to() {
      assertThat(account.keyferry("token").err()).doesNotContain("\tat ");
      account.with("KEYFERRY_DEBUG", "1");
      assertThat(account.keyferry("token").err()).contains("\tat ");
    }
  }

  @Test
  void text_from_a_server_reaches_the_terminal_without_escape_sequences() throws IOException {
    var evil = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var address = "http://127.0.0.1:" + evil.getAddress().getPort();
    evil.createContext(
        "/",
        exchange -> {
          var isMetadata = exchange.getRequestURI().getPath().startsWith("/.well-known/");
          var body =
              isMetadata
                  ? "{\"issuer\":\"%1$s\",\"token_endpoint\":\"%1$s/t\",\"device_authorization_endpoint\":\"%1$s/d\"}"
                      .formatted(address)
                  : "{\"error\":\"no\\u001b[2J\",\"error_description\":\"\\u001b]0;owned\\u0007\\u202Etxt\\r\\nkeyferry: fine\"}";
          var bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(isMetadata ? 200 : 400, bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    evil.start();
    try {
      for (var run :
          new Account.Run[] {
            account.keyferry("login", address), account.keyferry("doctor", address)
          }) {
        assertThat(run.exitCode()).isIn(8, 10);
        assertThat(run.out() + run.err())
            .doesNotContain(ESCAPE, "\u0007", "\u202E", "\r", "\nkeyferry: fine");
      }
    } finally {
      evil.stop(0);
    }
  }

  @Test
  void help_lists_the_exit_codes_and_every_command_has_its_own_help() {
    var help = account.keyferry("--help").out();

    for (var code : ExitCode.values()) {
      assertThat(help).contains("  %-5d%s%n".formatted(code.number(), code.meaning()));
    }
    for (var command :
        new String[] {
          "login",
          "logout",
          "whoami",
          "token",
          "devices",
          "profiles",
          "doctor",
          "smoke",
          "completion"
        }) {
      assertThat(help).contains("\n  " + command);
      assertThat(account.keyferry(command, "--help").out())
          .contains("Usage: keyferry " + command, "--json", "--profile");
    }
  }

  @Test
  void smoke_tests_a_whole_login_and_leaves_nothing_linked() {
    var revoked = LocalStack.audited("revoked");

    var run = account.keyferry("smoke", url(), "--json");

    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.json().path("steps"))
        .hasSize(15)
        .allSatisfy(step -> assertThat(step.path("status").asText()).isEqualTo("ok"));
    assertThat(LocalStack.audited("revoked")).isEqualTo(revoked + 1);
    assertThat(account.keyferry("smoke", url()).out()).startsWith("ok    metadata");
  }

  @Test
  void smoke_with_an_unknown_approver_fails_at_the_claim() {
    account.with("KEYFERRY_APPROVER_TOKEN", "not-a-token");

    var run = account.keyferry("smoke", url());

    assertThat(run.exitCode()).isEqualTo(10);
    assertThat(run.out()).contains("FAIL  claim", "Fix: Use a token").doesNotContain("key ");
  }

  @Test
  void doctor_finds_no_false_problem_and_gives_a_fix_for_each_real_one() throws Exception {
    account.login("alice");

    var well = account.keyferry("doctor");

    assertThat(well.exitCode()).as(well.out()).isZero();
    assertThat(well.out().lines()).hasSize(7).allMatch(line -> line.startsWith("ok"));

    var stranger = new Account(home.resolve("stranger"));
    Files.createDirectories(home.resolve("stranger"));
    Files.writeString(home.resolve("stranger/.local"), "a file where a folder should be");
    var ill = stranger.keyferry("doctor", url(), "--json");
    assertThat(ill.exitCode()).isEqualTo(10);
    assertThat(ill.json().path("checks"))
        .filteredOn(check -> check.path("status").asText().equals("failed"))
        .singleElement()
        .satisfies(check -> {
          assertThat(check.path("name").asText()).isEqualTo("storage");
          assertThat(check.path("fix").asText()).isNotEmpty();
        });
  }

  @Test
  void devices_opens_the_page() throws Exception {
    account.login("alice");

    assertThat(account.keyferry("devices").out()).isEqualTo(url() + "/device/linked\n");
    assertThat(account.keyferry("devices", "revoke").err()).contains("Unlink");
  }

  @Test
  void bash_completes_commands_and_options_with_the_script() throws Exception {
    var script = home.resolve("completion.bash");
    Files.writeString(script, account.keyferry("completion", "bash").out());

    var completed =
        new ProcessBuilder(
                "bash",
                "-c",
                """
                source "$1"
                complete() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _complete_keyferry; echo "${COMPREPLY[*]}"; }
                complete keyferry who
                complete keyferry login --sc
                """,
                "bash",
                script.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var said = new String(completed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(completed.waitFor()).as(said).isZero();
    assertThat(said.lines().map(String::strip)).containsExactly("whoami", "--scope");
    assertThat(account.keyferry("completion", "zsh").out()).contains("bashcompinit");
    assertThat(account.keyferry("completion", "fish").out())
        .contains("-a whoami -d '", "__fish_seen_subcommand_from login' -l scope -x");
  }
}
