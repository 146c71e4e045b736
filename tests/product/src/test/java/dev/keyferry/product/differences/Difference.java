package dev.keyferry.product.differences;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;

import dev.keyferry.local.Reply;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A row of `docs/differences.md` without the reason.
///
/// @param of the name of a request, or a header and where it differs
record Difference(String of, String keyferry, String peer) {
  /// A request and both responses.
  record Compared(Exchange exchange, Reply keyferry, Reply peer) {
    boolean agrees() {
      return answer().isEmpty();
    }

    /// The difference in status, in error or, if both succeed, in the body's members.
    Optional<Difference> answer() {
      var left = verdict(keyferry);
      var right = verdict(peer);
      if (!left.equals(right)) {
        return Optional.of(new Difference(exchange.name(), left, right));
      }
      var ours = members(keyferry);
      var theirs = members(peer);
      if (!Objects.equals(ours.get("active"), theirs.get("active"))) {
        // The other members follow from this one.
        ours.keySet().retainAll(Set.of("active"));
        theirs.keySet().retainAll(Set.of("active"));
      }
      return ours.equals(theirs)
          ? Optional.empty()
          : Optional.of(
              new Difference(
                  exchange.name(), left + unlike(ours, theirs), right + unlike(theirs, ours)));
    }

    private String route() {
      return exchange.name().split(":", 2)[0];
    }
  }

  /// The differences in headers between responses of the same kind, once for each kind.
  static List<Difference> ofHeaders(List<Compared> all) {
    return all.stream()
        .filter(compared -> compared.keyferry().status() == compared.peer().status())
        .flatMap(Difference::headers)
        .collect(
            groupingBy(
                Header::withoutRoute,
                () -> new TreeMap<>(Comparator.comparing(Header::toString)),
                mapping(Header::route, toCollection(TreeSet::new))))
        .entrySet()
        .stream()
        .map(found -> {
          var header = found.getKey();
          var where = String.join(", ", found.getValue());
          return new Difference(
              "`%s` of %d: %s".formatted(header.name(), header.status(), where),
              header.keyferry(),
              header.peer());
        })
        .toList();
  }

  private record Header(String route, int status, String name, String keyferry, String peer) {
    Header withoutRoute() {
      return new Header("", status, name, keyferry, peer);
    }
  }

  private static Stream<Header> headers(Compared compared) {
    return Stream.of("Cache-Control", "Content-Type", "Pragma", "WWW-Authenticate")
        .map(name ->
            new Header(
                compared.route(),
                compared.keyferry().status(),
                name,
                header(compared.keyferry(), name),
                header(compared.peer(), name)))
        .filter(header -> !header.keyferry().equals(header.peer()));
  }

  /// The relevant part of a header: that nothing is stored, the media type, the scheme.
  private static String header(Reply reply, String name) {
    var value = reply.headers().getOrDefault(name.toLowerCase(Locale.ROOT), "none");
    return name.equals("Cache-Control") && value.contains("no-store")
        ? "no-store"
        : value.split("[; ,]", 2)[0];
  }

  private static String verdict(Reply reply) {
    return isJson(reply) ? reply.verdict() : Integer.toString(reply.status());
  }

  private static boolean isJson(Reply reply) {
    return reply.headers().getOrDefault("content-type", "").startsWith("application/json");
  }

  /// The members of a successful response, with those values that can be compared.
  private static Map<String, String> members(Reply reply) {
    var members = new TreeMap<String, String>();
    if (reply.status() == 200 && isJson(reply)) {
      reply
          .json()
          .properties()
          .forEach(member ->
              members.put(
                  member.getKey(),
                  switch (member.getKey()) {
                    case "active", "token_type", "client_id" ->
                        " `" + member.getValue().asText() + "`";
                    case "scope" -> " `" + sorted(member.getValue().asText()) + "`";
                    default -> "";
                  }));
    }
    return members;
  }

  private static String sorted(String scope) {
    return Arrays.stream(scope.split(" ")).sorted().collect(joining(" "));
  }

  private static String unlike(Map<String, String> these, Map<String, String> those) {
    var names = new LinkedHashMap<>(these);
    names.entrySet().removeIf(member -> member.getValue().equals(those.get(member.getKey())));
    return names.isEmpty()
        ? ""
        : names.entrySet().stream()
            .map(member -> "`" + member.getKey() + "`" + member.getValue())
            .collect(joining(", ", ", ", ""));
  }
}
