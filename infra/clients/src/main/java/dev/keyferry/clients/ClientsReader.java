package dev.keyferry.clients;

import dev.keyferry.clients.ClientsFile.Invalid;
import dev.keyferry.clients.ClientsFile.Valid;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.StreamReader;

/// Reads the file down to its clients.
final class ClientsReader {
  private static final String CLIENTS = "clients";

  private final Problems problems = new Problems();
  private final EntryReader entries = new EntryReader(problems);

  private ClientsReader() {}

  static ClientsFile read(byte[] file) {
    var reader = new ClientsReader();
    var clients = reader.document(file);
    return reader.problems.none() ? new Valid(clients) : new Invalid(reader.problems.found());
  }

  private List<Entry> document(byte[] file) {
    var text = decode(file);
    refuseUnprintable(text);
    try {
      return problems.none()
          ? clients(new Yaml(new LoaderOptions()).compose(new StringReader(text)))
          : List.of();
    } catch (MarkedYAMLException e) {
      problems.add(e.getProblemMark().getLine() + 1, "not YAML: " + e.getProblem());
      return List.of();
    } catch (YAMLException e) {
      // Beyond what SnakeYAML reads at all, and then it does not say where.
      problems.add(1, "not YAML: " + e.getMessage());
      return List.of();
    }
  }

  private String decode(byte[] file) {
    var bytes = ByteBuffer.wrap(file);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      var before = new String(file, 0, bytes.position(), StandardCharsets.UTF_8);
      problems.add(1 + (int) before.chars().filter(each -> each == '\n').count(), "not UTF-8");
      return "";
    }
  }

  /// Characters that YAML bars even from comments; SnakeYAML would not say where they are.
  private void refuseUnprintable(String text) {
    var lines = text.split("\n", -1);
    for (var at = 0; at < lines.length; at++) {
      var line = at + 1;
      lines[at]
          .codePoints()
          .filter(point -> !StreamReader.isPrintable(point))
          .mapToObj(Character::toString)
          .forEach(
              character -> problems.add(line, "YAML bars the character " + Text.quoted(character)));
    }
  }

  private List<Entry> clients(@Nullable Node document) {
    if (!(document instanceof MappingNode mapping)) {
      problems.add(1, "no clients; the file has one member, clients, and that is a list");
      return List.of();
    }
    var members = new Members(mapping, "the file has", List.of(CLIENTS), problems);
    members.require(CLIENTS);
    var clients = members.list(CLIENTS);
    if (clients.filter(List::isEmpty).isPresent()) {
      problems.add(members.lineOf(CLIENTS), "no clients; the list is empty");
    }
    return clients.orElse(List.of()).stream().flatMap(node -> client(node).stream()).toList();
  }

  private Optional<Entry> client(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      problems.add(Members.lineOf(node), "a client is a mapping; this is " + Members.kind(node));
      return Optional.empty();
    }
    return entries.read(new Members(mapping, "a client has", EntryReader.MEMBERS, problems));
  }
}
