package dev.keyferry.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Fuzzes forms and query strings. A second parser, made of regular expressions and `URLDecoder`,
/// checks what is accepted and what it means. `URLDecoder` alone would accept too much.
final class FormFuzzTest {
  private static final Pattern ESCAPED = Pattern.compile("([ -$&-~]|%[0-9A-Fa-f]{2})*");

  @FuzzTest
  void reads_what_urldecoder_reads_and_nothing_that_is_not_url_encoded(byte[] input) {
    var text = new String(input, UTF_8);
    var expected = expected(text);

    Optional<Form> form;
    try {
      form = Optional.of(Form.parse(text));
    } catch (MalformedRequest refused) {
      form = Optional.empty();
    }

    assertThat(form.map(FormFuzzTest::parameters)).isEqualTo(expected);
    if (expected.isPresent()) {
      var again = Form.parse(Form.write(expected.get()));
      assertThat(parameters(again)).isEqualTo(expected.get());
    }
  }

  private static SequencedMap<String, String> parameters(Form form) {
    var parameters = new LinkedHashMap<String, String>();
    form.names().forEach(name -> parameters.put(name, form.optional(name).orElse("")));
    return parameters;
  }

  private static Optional<SequencedMap<String, String>> expected(String text) {
    if (!ESCAPED.matcher(text).matches()) {
      return Optional.empty();
    }
    var parameters = new LinkedHashMap<String, String>();
    for (var pair : Stream.of(text.split("&", -1)).filter(each -> !each.isEmpty()).toList()) {
      var equals = pair.indexOf('=');
      var name = equals < 0 ? pair : pair.substring(0, equals);
      var value = equals < 0 ? "" : pair.substring(equals + 1);
      if (!isUtf8(name) || !isUtf8(value)) {
        return Optional.empty();
      }
      if (parameters.putIfAbsent(decode(name), decode(value)) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(parameters);
  }

  private static String decode(String encoded) {
    return URLDecoder.decode(encoded, UTF_8);
  }

  /// `URLDecoder` replaces invalid bytes.
  private static boolean isUtf8(String encoded) {
    var bytes = URLDecoder.decode(encoded, ISO_8859_1);
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
