package dev.keyferry.clients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.MappingNode;

/// Reads the description of each scope in each language.
final class ScopesReader {
  /// The languages of the verification page.
  static final List<String> LANGUAGES = List.of("en", "de", "es", "ja", "ar");

  private static final String ENGLISH = "en";
  private static final int LONGEST = 120;

  private final Problems problems;

  ScopesReader(Problems problems) {
    this.problems = problems;
  }

  /// @param scopes the member `scopes` of the file
  /// @param known all scopes that a client may request
  Map<String, Map<String, String>> read(MappingNode scopes, List<String> known) {
    var members = new Members(scopes, "the clients' scopes are", known, problems);
    var described = new LinkedHashMap<String, Map<String, String>>();
    for (var scope : known) {
      members.mapping(scope).ifPresent(words -> described.put(scope, words(scope, words)));
    }
    return described;
  }

  private Map<String, String> words(String scope, MappingNode node) {
    var members = new Members(node, "a scope may be described in", LANGUAGES, problems);
    members.require(ENGLISH);
    var words = new LinkedHashMap<String, String>();
    for (var language : LANGUAGES) {
      members
          .text(language)
          .ifPresent(text -> {
            check(scope + " in " + language, text);
            words.put(language, text.text());
          });
    }
    return words;
  }

  private void check(String what, Text words) {
    var text = words.text();
    if (text.isBlank()) {
      problems.add(words.line(), what + " is empty; users see it when they approve");
    }
    var length = text.codePointCount(0, text.length());
    if (length > LONGEST) {
      problems.add(
          words.line(), "%s has %d characters; the limit is %d".formatted(what, length, LONGEST));
    }
    if (!text.codePoints().allMatch(Text::isPlain)) {
      problems.add(
          words.line(),
          "%s %s contains a control or formatting character, or a line break"
              .formatted(what, words));
    }
  }
}
