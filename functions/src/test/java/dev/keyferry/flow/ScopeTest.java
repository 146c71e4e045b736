package dev.keyferry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests of the syntax of scopes in RFC 6749 §3.3.
final class ScopeTest {
  @Test
  void keeps_the_order_in_which_its_tokens_were_named() {
    assertThat(scope("write read").tokens()).containsExactly("write", "read");
    assertThat(scope("write read")).hasToString("write read");
  }

  @Test
  void names_each_token_once() {
    assertThat(scope("read write read")).isEqualTo(scope("read write"));
  }

  @Test
  void distinguishes_capitals_from_small_letters() {
    assertThat(scope("Read").within(scope("read"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "#[]~", "https://example.com/read:all", "a b c"})
  void may_use_all_that_the_grammar_allows(String text) {
    assertThat(Scope.parse(text)).map(Scope::toString).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " read",
        "read ",
        "read  write",
        "a\tb",
        "a\nb",
        "a\"",
        "a\\",
        "é",
        "\u007F"
      })
  void is_not_read_from_anything_else(String text) {
    assertThat(Scope.parse(text)).isEmpty();
  }

  @Test
  void is_within_another_that_has_all_its_tokens() {
    assertThat(scope("read").within(scope("read write"))).isTrue();
    assertThat(scope("write read").within(scope("read write"))).isTrue();
    assertThat(scope("read admin").within(scope("read write"))).isFalse();
    assertThat(scope("rea").within(scope("read write"))).isFalse();
  }

  @Test
  void keeps_what_it_shares_with_another() {
    assertThat(scope("write read admin").intersect(scope("read write")))
        .isEqualTo(scope("write read"));
    assertThat(scope("admin").intersect(scope("read")).tokens()).isEmpty();
  }

  @Test
  void can_do_without_a_token() {
    assertThat(scope("read write").without("read")).isEqualTo(scope("write"));
    assertThat(scope("read").without("rea")).isEqualTo(scope("read"));
  }

  @Test
  void does_not_change_with_the_list_it_was_made_of() {
    var tokens = new ArrayList<>(List.of("read"));
    var scope = new Scope(tokens);
    tokens.add("write");

    assertThat(scope).isEqualTo(scope("read"));
  }

  private static Scope scope(String text) {
    return Scope.parse(text).orElseThrow();
  }
}
