package dev.keyferry.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.clients.ClientsFile.Invalid;
import dev.keyferry.clients.ClientsFile.Valid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientsReaderTest {
  private static final String DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
  private static final String HASH = "0123456789abcdef".repeat(4);

  /// A file without errors. Each test puts an error into one or two of its lines.
  private static final String GOOD =
      """
      clients:
        - client_id: cli
          client_name: Tool
          grant_types: [device_code, refresh_token]
          scopes: [read, offline_access]
          default_lifetime: 2h
          max_lifetime: 7d
      """;

  private static final String GOOD_CONFIDENTIAL =
      """
      clients:
        - client_id: api
          client_name: An API
          secret_sha256: '%s'
          introspects: true
      """
          .formatted(HASH);

  private static List<Entry> clients(String yaml) {
    return switch (ClientsReader.read(yaml.getBytes(UTF_8))) {
      case Valid(var clients, var _) -> clients;
      case Invalid(var problems) -> throw new AssertionError(problems.toString());
    };
  }

  private static List<String> problems(byte[] yaml) {
    return switch (ClientsReader.read(yaml)) {
      case Valid valid -> throw new AssertionError(valid.json());
      case Invalid(var problems) -> problems.stream().map(Problem::toString).toList();
    };
  }

  private static List<String> problems(String yaml) {
    return problems(yaml.getBytes(UTF_8));
  }

  private static String replace(String yaml, String good, String bad) {
    assertThat(yaml).contains(good);
    return yaml.replace(good, bad);
  }

  /// The problems of the valid file after one piece of it is replaced.
  private static List<String> problemsWith(String good, String bad) {
    return problems(replace(GOOD, good, bad));
  }

  private static Entry.WithKeys clientWith(String good, String other) {
    return (Entry.WithKeys) clients(replace(GOOD, good, other)).getFirst();
  }

  @Nested
  class What_is_right {
    @Test
    void a_client_has_the_values_of_its_entry() {
      assertThat(clients(GOOD))
          .containsExactly(
              new Entry.WithKeys(
                  "cli",
                  "Tool",
                  List.of(DEVICE_CODE, "refresh_token"),
                  List.of("read", "offline_access"),
                  Duration.ofHours(2),
                  Duration.ofDays(7),
                  "mismatch",
                  List.of()));
    }

    @Test
    void keys_last_a_day_and_at_most_a_year_by_default() {
      var client = clientWith("    default_lifetime: 2h\n    max_lifetime: 7d\n", "");

      assertThat(client.defaultLifetime()).isEqualTo(Duration.ofHours(24));
      assertThat(client.maxLifetime()).isEqualTo(Duration.ofDays(365));
    }

    @Test
    void a_cap_below_a_day_is_the_default_too() {
      var client =
          clientWith("    default_lifetime: 2h\n    max_lifetime: 7d\n", "    max_lifetime: 1h\n");

      assertThat(client.defaultLifetime()).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @CsvSource({"60s, PT60S", "1m, PT1M", "90m, PT90M", "36h, PT36H", "7d, P7D"})
    void a_lifetime_is_a_number_and_a_unit(String text, Duration lifetime) {
      assertThat(clientWith("default_lifetime: 2h", "default_lifetime: " + text).defaultLifetime())
          .isEqualTo(lifetime);
    }

    @Test
    void the_longest_lifetime_is_a_year_in_any_unit() {
      assertThat(clientWith("max_lifetime: 7d", "max_lifetime: 31536000s").maxLifetime())
          .isEqualTo(Duration.ofDays(365));
    }

    @Test
    void a_confidential_client_has_a_name_and_the_hash_of_a_secret() {
      assertThat(clients(GOOD_CONFIDENTIAL))
          .containsExactly(new Entry.Confidential("api", "An API", HASH));
    }

    @Test
    void a_hash_is_the_same_in_upper_case_and_without_quotes() {
      var spelled = replace(GOOD_CONFIDENTIAL, "'" + HASH + "'", HASH.toUpperCase(Locale.ROOT));
      var digits = replace(GOOD_CONFIDENTIAL, "'" + HASH + "'", "1".repeat(64));

      assertThat(clients(spelled)).isEqualTo(clients(GOOD_CONFIDENTIAL));
      assertThat(clients(digits))
          .containsExactly(new Entry.Confidential("api", "An API", "1".repeat(64)));
    }

    @Test
    void a_client_may_say_that_it_does_not_introspect() {
      assertThat(
              clientWith(
                  "    max_lifetime: 7d\n", "    max_lifetime: 7d\n    introspects: false\n"))
          .isEqualTo(clients(GOOD).getFirst());
    }

    @Test
    void a_name_of_64_characters_may_be_of_any_script() {
      assertThat(clientWith("Tool", "💻".repeat(64)).name()).isEqualTo("💻".repeat(64));
    }
  }

  @Nested
  class The_file {
    @Test
    void every_problem_is_reported_at_once_and_by_line() {
      assertThat(
              problems(
                  """
                  clients:
                    - client_id: a b
                      client_name: ''
                      grant_types: [device_code, password]
                      scopes: [read]
                      max_lifetime: 400d
                    - client_name: Other
                      colour: blue
                      grant_types: device_code
                      scopes: [read]
                  owner: me
                  """))
          .extracting(problem -> problem.substring(0, problem.indexOf(':')))
          .containsExactly("2", "3", "4", "6", "7", "8", "9", "11");
    }

    @Test
    void one_that_is_not_yaml_is_reported_with_the_first_invalid_line() {
      assertThat(problemsWith("scopes: [read, offline_access]", "scopes: [read, offline_access"))
          .singleElement()
          .asString()
          .startsWith("6: invalid YAML: expected ',' or ']'");
    }

    @Test
    void one_that_is_not_yaml_is_reported_on_one_line_whatever_it_contains() {
      assertThat(problems("clients:\r\n- &\r\n"))
          .containsExactly("2: invalid YAML: unexpected character found \\u{D}(13)");
    }

    @Test
    void a_scope_that_no_client_may_request_is_reported_on_one_line_whatever_its_name() {
      assertThat(problems("clients: 1\nscopes: {\"re\\u202Ead\": 2}\n"))
          .contains("2: re\\u{202E}ad must be a mapping, but is a number");
    }

    @Test
    void one_that_is_nested_too_deeply_is_refused() {
      assertThat(problems("clients: " + "[".repeat(60) + "]".repeat(60) + "\n"))
          .singleElement()
          .asString()
          .startsWith("1: invalid YAML: Nesting Depth exceeded");
    }

    @Test
    void a_second_document_is_refused() {
      assertThat(problems(GOOD + "---\n" + GOOD))
          .singleElement()
          .asString()
          .startsWith("8: invalid YAML: but found another document");
    }

    @Test
    void one_that_is_not_utf_8_is_refused() {
      assertThat(problems(GOOD.replace("Tool", "Büro").getBytes(StandardCharsets.ISO_8859_1)))
          .containsExactly("3: invalid UTF-8");
    }

    @Test
    void a_character_that_yaml_forbids_is_reported_with_its_line() {
      assertThat(problemsWith("Tool", "To\u0007ol"))
          .containsExactly("3: YAML does not allow the character \"\\u{7}\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "- cli\n", "cli\n", "~\n"})
    void one_that_is_no_mapping_has_no_clients(String yaml) {
      assertThat(problems(yaml))
          .containsExactly("1: no clients; the file must have a member clients, which is a list");
    }

    @Test
    void an_empty_list_has_no_clients() {
      assertThat(problems("\nclients: []\n"))
          .containsExactly("2: no clients; the list clients is empty");
    }

    @Test
    void one_without_clients_lacks_a_member() {
      assertThat(problems("# who\nclient: []\n"))
          .containsExactly(
              "2: unknown member \"client\"; the file has clients, scopes",
              "2: missing member clients");
    }

    @Test
    void clients_are_a_list_of_mappings() {
      assertThat(problems("clients:\n  cli: Tool\n"))
          .containsExactly("2: clients must be a list, but is a mapping");
      assertThat(problems("clients:\n  - cli\n"))
          .containsExactly("2: a client must be a mapping, but is a string");
    }
  }

  @Nested
  class Members_of_a_client {
    @Test
    void an_unknown_one_is_reported_with_the_known_ones() {
      assertThat(problemsWith("    max_lifetime: 7d\n", "    max_life: 7d\n"))
          .containsExactly(
              "7: unknown member \"max_life\"; a client has client_id, client_name, grant_types,"
                  + " scopes, default_lifetime, max_lifetime, confirmation, redirect_uris,"
                  + " secret_sha256, introspects");
    }

    @Test
    void an_unknown_one_cannot_write_to_the_terminal() {
      assertThat(problemsWith("max_lifetime: 7d", "\"\\e[2J\\n\": 7d"))
          .singleElement()
          .asString()
          .startsWith("7: unknown member \"\\u{1B}[2J\\u{A}\";");
    }

    @Test
    void one_that_is_no_text_is_unknown() {
      assertThat(problemsWith("max_lifetime: 7d", "[a]: 7d"))
          .singleElement()
          .asString()
          .startsWith("7: unknown member");
    }

    @Test
    void a_missing_one_is_reported_at_the_start_of_the_client() {
      assertThat(problems("clients:\n\n  - default_lifetime: 2h\n"))
          .containsExactly(
              "3: missing member client_id",
              "3: missing member client_name",
              "3: missing member grant_types",
              "3: missing member scopes");
    }

    @Test
    void a_duplicate_is_reported_with_the_line_of_the_first() {
      assertThat(problemsWith("    max_lifetime: 7d\n", "    client_name: Tool\n"))
          .containsExactly("7: client_name appears twice; it is first on line 3");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "client_id: cli | client_id: 123 | 2: client_id must be a string, but is a number; put it"
              + " in quotes",
          "client_id: cli | client_id: no | 2: client_id must be a string, but is a Boolean; put it"
              + " in quotes",
          "Tool | 2026-11-21 | 3: client_name must be a string, but is a date; put it in quotes",
          "Tool | 1.5 | 3: client_name must be a string, but is a number; put it in quotes",
          "Tool | | 3: client_name must be a string, but is empty",
          "Tool | [Tool] | 3: client_name must be a string, but is a list",
          "Tool | {de: Tool} | 3: client_name must be a string, but is a mapping",
          "[read, offline_access] | read | 5: scopes must be a list, but is a string",
          "[read, offline_access] | [on] | 5: an element of scopes must be a string, but is a"
              + " Boolean; put it in quotes",
          "[device_code, refresh_token] | | 4: grant_types must be a list, but is empty",
          "2h | [2h] | 6: default_lifetime must be a single value, but is a list",
          "2h | | 6: default_lifetime must be a single value, but is empty"
        })
    void one_of_another_type_is_reported_with_both_types(String good, String bad, String problem) {
      assertThat(problemsWith(good, bad == null ? "" : bad)).containsExactly(problem);
    }
  }

  @Nested
  class Ids_and_names {
    @ParameterizedTest
    @ValueSource(
        strings = {"'a b'", "a:b", "-cli", ".cli", "büro", "''", "a/b", "'a\"b'", "\"a\\tb\""})
    void a_malformed_id_is_refused(String id) {
      assertThat(problemsWith("client_id: cli", "client_id: " + id))
          .singleElement()
          .asString()
          .startsWith("2: client_id \"")
          .endsWith(
              "\" is malformed: use a letter or digit, then letters, digits, and . _ - (at most 64"
                  + " characters)");
    }

    @Test
    void an_id_has_at_most_64_characters() {
      assertThat(clientWith("client_id: cli", "client_id: " + "a".repeat(64)).id()).hasSize(64);
      assertThat(problemsWith("client_id: cli", "client_id: " + "a".repeat(65))).hasSize(1);
    }

    @Test
    void a_duplicate_id_is_reported_with_the_line_of_the_first() {
      var second = GOOD_CONFIDENTIAL.replace("clients:\n", "").replace("api", "cli");

      assertThat(problems(GOOD + second))
          .containsExactly("8: client_id \"cli\" is already used on line 2");
    }

    @Test
    void an_empty_name_is_refused() {
      assertThat(problemsWith("Tool", "' '"))
          .containsExactly("3: client_name is empty; users see it when they approve");
    }

    @Test
    void a_name_of_65_characters_is_refused() {
      assertThat(problemsWith("Tool", "💻".repeat(65)))
          .containsExactly("3: client_name has 65 characters; the limit is 64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\n", "\\e", "\\x00", "\\x9B", "\\u202E", "\\u2028", "\\u200B"})
    void a_name_with_unprintable_characters_is_refused(String escape) {
      assertThat(problemsWith("Tool", "\"To" + escape + "ol\""))
          .singleElement()
          .asString()
          .matches(
              "3: client_name \"To\\\\u\\{[0-9A-F]+}ol\" contains a control or formatting character"
                  + ", or a line break");
    }
  }

  @Nested
  class Grant_types_and_scopes {
    @Test
    void an_unknown_grant_type_is_reported_with_the_known_ones() {
      assertThat(problemsWith("refresh_token]", "password]"))
          .containsExactly(
              "4: unknown grant type \"password\"; the grant types are device_code and"
                  + " refresh_token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[refresh_token]"})
    void a_client_that_cannot_get_a_key_is_refused(String grantTypes) {
      var yaml = replace(GOOD, "[device_code, refresh_token]", grantTypes);

      assertThat(problems(yaml))
          .contains("4: grant_types must include device_code; without it, the client gets no keys");
    }

    @Test
    void a_duplicate_grant_type_is_refused() {
      assertThat(problemsWith("[device_code, ", "[device_code, device_code, "))
          .containsExactly("4: grant type \"device_code\" appears twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'a b'", "''", "büro", "'a\"b'", "'a\\b'", "\"a\\x7F\""})
    void a_malformed_scope_is_refused(String scope) {
      assertThat(problemsWith("[read,", "[" + scope + ","))
          .singleElement()
          .asString()
          .startsWith("5: scope \"")
          .endsWith("\" is malformed: use printable ASCII without spaces, \", and \\");
    }

    @Test
    void a_duplicate_scope_is_reported_on_its_own_line() {
      assertThat(
              problemsWith(
                  "[read, offline_access]", "\n      - read\n      - offline_access\n      - read"))
          .containsExactly("8: scope \"read\" appears twice");
    }

    @Test
    void more_scopes_than_an_approval_can_name_are_refused() {
      var most = replace(GOOD, "[read, offline_access]", scopes(50));
      assertThat(ClientsReader.read(most.getBytes(UTF_8))).isInstanceOf(Valid.class);
      assertThat(problemsWith("[read, offline_access]", scopes(51)))
          .containsExactly("5: scopes has 51 elements; the limit is 50");
    }

    private static String scopes(int many) {
      return IntStream.range(1, many)
          .mapToObj(number -> "resource" + number + ":read")
          .collect(Collectors.joining(", ", "[offline_access, ", "]"));
    }

    @Test
    void a_client_without_scopes_is_refused() {
      assertThat(problems(replace(GOOD, ", refresh_token", "").replace("read, offline_access", "")))
          .containsExactly("5: scopes is empty; a client needs at least one scope");
    }

    @Test
    void a_client_that_has_only_offline_access_is_refused() {
      assertThat(problemsWith("read, offline_access", "offline_access"))
          .containsExactly(
              "5: scopes has only offline_access; a client needs a scope that gives it access");
    }

    @Test
    void offline_access_without_its_grant_type_is_refused() {
      assertThat(problemsWith(", refresh_token]", "]"))
          .containsExactly("5: offline_access requires the grant type refresh_token");
    }

    @Test
    void the_refresh_grant_without_its_scope_is_refused() {
      assertThat(problemsWith(", offline_access]", "]"))
          .containsExactly("4: refresh_token requires the scope offline_access");
    }
  }

  @Nested
  class Lifetimes {
    @ParameterizedTest
    @ValueSource(strings = {"86400", "1.5h", "2 h", "2w", "h", "-1d", "P7D", "1h30m", "'2h '"})
    void anything_but_a_number_and_a_unit_is_refused(String lifetime) {
      assertThat(problemsWith("2h", lifetime))
          .containsExactly(
              "6: default_lifetime \"%s\" is not a lifetime: use a whole number and s, m, h, or d, such as 24h"
                  .formatted(lifetime.replace("'", "")));
    }

    @Test
    void one_below_a_minute_is_refused() {
      assertThat(problemsWith("2h", "59s"))
          .containsExactly("6: default_lifetime 59s is less than 60s");
    }

    @Test
    void one_above_a_year_is_refused() {
      assertThat(problemsWith("7d", "400d"))
          .containsExactly("7: max_lifetime 400d is more than 365d");
      assertThat(problemsWith("7d", "31536001s"))
          .containsExactly("7: max_lifetime 31536001s is more than 365d");
    }

    @Test
    void a_default_above_the_cap_is_refused() {
      assertThat(problemsWith("2h", "8d"))
          .containsExactly("6: default_lifetime 8d is more than max_lifetime 7d");
    }

    @Test
    void a_default_is_not_compared_with_a_refused_cap() {
      assertThat(problemsWith("7d", "7w")).hasSize(1);
    }
  }

  @Nested
  class Confirmation {
    @ParameterizedTest
    @ValueSource(strings = {"off", "mismatch", "always"})
    void is_a_policy_with_or_without_quotes(String policy) {
      for (var spelled : List.of(policy, "'" + policy + "'")) {
        var client = clientWith("max_lifetime: 7d", "confirmation: " + spelled);

        assertThat(client.confirmation()).isEqualTo(policy);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "OFF", "no", "'never'"})
    void is_refused_if_it_is_no_policy(String policy) {
      assertThat(problemsWith("max_lifetime: 7d", "confirmation: " + policy))
          .containsExactly(
              "7: confirmation \"%s\" must be off, mismatch, or always"
                  .formatted(policy.replace("'", "")));
    }
  }

  @Nested
  class Redirect_uris {
    private static final String IPV4 = "http://127.0.0.1/callback";

    private static String uris(String list) {
      return "redirect_uris: " + list;
    }

    @Test
    void open_the_browser_flow() {
      for (var uri :
          List.of(IPV4, "http://[::1]/callback", "http://127.0.0.1/", "http://[::1]/a/b.c/")) {
        var client = clientWith("max_lifetime: 7d", uris("['" + uri + "']"));

        assertThat(client.redirectUris()).containsExactly(uri);
        assertThat(client.grantTypes())
            .containsExactly(DEVICE_CODE, "refresh_token", "authorization_code");
      }
      assertThat(clientWith("max_lifetime: 7d", uris("[]")).grantTypes())
          .containsExactly(DEVICE_CODE, "refresh_token");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "http://localhost/callback",
          "https://127.0.0.1/callback",
          "http://127.0.0.1:8080/callback",
          "http://127.0.0.1:*/callback",
          "http://127.0.0.2/callback",
          "http://127.1/callback",
          "http://0.0.0.0/callback",
          "http://[::]/callback",
          "http://[::ffff:127.0.0.1]/callback",
          "http://example.com/callback",
          "http://127.0.0.1.example.com/callback",
          "http://user@127.0.0.1/callback",
          "http://127.0.0.1@example.com/callback",
          "http://127.0.0.1",
          "http://127.0.0.1/callback?a=b",
          "http://127.0.0.1/callback#a",
          "http://127.0.0.1//callback",
          "http://127.0.0.1/../callback",
          "http://127.0.0.1/./callback",
          "http://127.0.0.1/%63allback",
          "http://127.0.0.1/call back",
          "HTTP://127.0.0.1/callback",
          "com.example.cli:/callback",
          "/callback",
          ""
        })
    void on_another_machine_are_refused(String uri) {
      assertThat(problemsWith("max_lifetime: 7d", uris("['" + uri + "']")))
          .containsExactly(
              "7: redirect URI \"%s\" is not a loopback address: ".formatted(uri)
                  + "use http://127.0.0.1 or http://[::1] with a plain path and no port");
    }

    @Test
    void have_200_characters_at_most() {
      var longest = "http://127.0.0.1/" + "c".repeat(183);

      assertThat(clientWith("max_lifetime: 7d", uris("['" + longest + "']")).redirectUris())
          .containsExactly(longest);
      assertThat(problemsWith("max_lifetime: 7d", uris("['" + longest + "c']"))).hasSize(1);
    }

    @Test
    void are_refused_if_duplicated() {
      assertThat(problemsWith("max_lifetime: 7d", uris("['%s', '%s']".formatted(IPV4, IPV4))))
          .containsExactly("7: redirect URI \"%s\" appears twice".formatted(IPV4));
    }

    @Test
    void are_refused_for_a_client_with_a_secret() {
      var confidential = GOOD_CONFIDENTIAL + "    redirect_uris: ['" + IPV4 + "']\n";

      assertThat(problems(confidential))
          .containsExactly(
              "6: redirect_uris is not allowed with secret_sha256; such a client gets no keys");
    }
  }

  @Nested
  class Descriptions_of_scopes {
    private static final String DESCRIBED =
        GOOD
            + """
            scopes:
              read:
                en: Read your data
                ar: قراءة بياناتك
            """;

    private static Map<String, Map<String, String>> scopes(String yaml) {
      return switch (ClientsReader.read(yaml.getBytes(UTF_8))) {
        case Valid(var _, var scopes) -> scopes;
        case Invalid(var problems) -> throw new AssertionError(problems.toString());
      };
    }

    private static void assertProblem(String good, String bad, String problem) {
      assertThat(problems(replace(DESCRIBED, good, bad))).containsExactly(problem);
    }

    @Test
    void are_by_scope_and_language() {
      assertThat(scopes(DESCRIBED))
          .isEqualTo(Map.of("read", Map.of("en", "Read your data", "ar", "قراءة بياناتك")));
      assertThat(scopes(GOOD)).isEmpty();
    }

    @Test
    void of_a_scope_that_no_client_may_request_are_refused() {
      assertProblem(
          "  read:",
          "  reed:",
          "9: unknown member \"reed\"; the clients' scopes are read, offline_access");
    }

    @Test
    void are_checked_even_if_the_clients_scopes_are_invalid() {
      var yaml = replace(replace(DESCRIBED, "scopes: [read", "scopes: ['a b'"), "  en:", "  fr:");

      assertThat(problems(yaml))
          .extracting(problem -> problem.substring(0, problem.indexOf(' ')))
          .containsExactly("5:", "10:", "10:");
    }

    @Test
    void in_a_language_that_the_page_does_not_have_are_refused() {
      assertProblem(
          "    ar:",
          "    fr:",
          "11: unknown member \"fr\"; a scope may be described in en, de, es, ja, ar");
    }

    @Test
    void are_required_in_english() {
      assertProblem("    en: Read your data\n", "", "10: missing member en");
    }

    @Test
    void of_one_scope_are_in_one_place() {
      assertProblem(
          "  read:\n",
          "  read: {en: Look}\n  read:\n",
          "10: read appears twice; it is first on line 9");
    }

    @Test
    void are_texts_under_a_mapping() {
      assertProblem("Read your data", "[Read]", "10: en must be a string, but is a list");
      assertProblem(
          "    en: Read your data\n    ar: قراءة بياناتك\n",
          "    - Read\n",
          "10: read must be a mapping, but is a list");
      assertThat(problems(GOOD + "scopes: [read]\n"))
          .containsExactly("8: scopes must be a mapping, but is a list");
    }

    @Test
    void are_one_line_of_at_most_120_printable_characters() {
      assertProblem(
          "Read your data", "' '", "10: read in en is empty; users see it when they approve");
      assertThat(scopes(replace(DESCRIBED, "Read your data", "💻".repeat(120)))).hasSize(1);
      assertProblem(
          "Read your data",
          "💻".repeat(121),
          "10: read in en has 121 characters; the limit is 120");
      assertProblem(
          "Read your data",
          "\"Re\\u202Ead\"",
          "10: read in en \"Re\\u{202E}ad\" contains a control or formatting character, or a line"
              + " break");
    }
  }

  @Nested
  class Confidential_clients {
    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "abc", "''", "g123456789abcdef"})
    void a_hash_of_another_form_is_refused_and_not_repeated(String secret) {
      assertThat(problems(replace(GOOD_CONFIDENTIAL, "'" + HASH + "'", secret)))
          .containsExactly(
              "4: secret_sha256 must be the 64 hexadecimal digits of a SHA-256 hash, as sha256sum"
                  + " prints them");
    }

    @Test
    void a_hash_of_65_digits_is_refused() {
      assertThat(problems(replace(GOOD_CONFIDENTIAL, HASH, HASH + "0"))).hasSize(1);
    }

    @Test
    void settings_for_keys_are_refused() {
      assertThat(
              problems(
                  GOOD_CONFIDENTIAL
                      + """
                          grant_types: [device_code]
                          scopes: [read]
                          default_lifetime: 2h
                          max_lifetime: 7d
                          confirmation: always
                      """))
          .containsExactly(
              "6: grant_types is not allowed with secret_sha256; such a client gets no keys",
              "7: scopes is not allowed with secret_sha256; such a client gets no keys",
              "8: default_lifetime is not allowed with secret_sha256; such a client gets no keys",
              "9: max_lifetime is not allowed with secret_sha256; such a client gets no keys",
              "10: confirmation is not allowed with secret_sha256; such a client gets no keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "    introspects: false\n"})
    void a_secret_without_a_use_is_refused(String introspects) {
      assertThat(problems(replace(GOOD_CONFIDENTIAL, "    introspects: true\n", introspects)))
          .containsExactly("4: secret_sha256 requires introspects: true");
    }

    @Test
    void introspection_without_a_secret_is_refused() {
      assertThat(problems(replace(GOOD_CONFIDENTIAL, "    secret_sha256: '" + HASH + "'\n", "")))
          .containsExactly("4: introspects: true requires secret_sha256");
    }

    @Test
    void introspects_is_true_or_false() {
      assertThat(problems(replace(GOOD_CONFIDENTIAL, "introspects: true", "introspects: yes")))
          .containsExactly("5: introspects \"yes\" must be true or false");
    }
  }
}
