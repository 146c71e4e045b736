package dev.keyferry.web;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The parameters of a form or query string, RFC 6749 §3.1 and §3.2. A parameter without a value
/// counts as omitted. Unknown parameters are ignored. A repeated parameter is an error.
public final class Form {
  private final Map<String, String> parameters;

  private Form(Map<String, String> parameters) {
    this.parameters = parameters;
  }

  public static Form parse(String encoded) {
    var parameters = new HashMap<String, String>();
    for (int start = 0; start < encoded.length(); ) {
      var ampersand = encoded.indexOf('&', start);
      var end = ampersand < 0 ? encoded.length() : ampersand;
      var equals = encoded.indexOf('=', start);
      var nameEnd = equals < 0 || equals > end ? end : equals;
      var name = decode(encoded.substring(start, nameEnd));
      var value = decode(encoded.substring(Math.min(nameEnd + 1, end), end));
      if (end > start && parameters.put(name, value) != null) {
        throw MalformedRequest.because("a parameter is repeated");
      }
      start = end + 1;
    }
    return new Form(parameters);
  }

  /// A query string of these parameters, in their order.
  public static String write(SequencedMap<String, String> parameters) {
    return parameters.sequencedEntrySet().stream()
        .map(parameter -> encode(parameter.getKey()) + "=" + encode(parameter.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  public Optional<String> optional(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  public String require(String name) {
    return optional(name)
        .orElseThrow(() -> MalformedRequest.because("the parameter " + name + " is missing"));
  }

  Stream<String> names() {
    return parameters.keySet().stream();
  }

  /// Strict, unlike `URLDecoder`: every escape must be whole and the result UTF-8.
  private static String decode(String encoded) {
    var bytes = ByteBuffer.allocate(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      var character = encoded.charAt(i);
      if (character == '%') {
        bytes.put(escaped(encoded, i + 1));
        i += 2;
      } else if (character > '~' || character < ' ') {
        throw MalformedRequest.because("the form is not valid URL encoding");
      } else {
        bytes.put((byte) (character == '+' ? ' ' : character));
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw MalformedRequest.because("the form is not valid UTF-8");
    }
  }

  private static byte escaped(String encoded, int at) {
    if (at + 1 >= encoded.length()
        || !HexFormat.isHexDigit(encoded.charAt(at))
        || !HexFormat.isHexDigit(encoded.charAt(at + 1))) {
      throw MalformedRequest.because("the form is not valid URL encoding");
    }
    return (byte) HexFormat.fromHexDigits(encoded, at, at + 2);
  }
}
