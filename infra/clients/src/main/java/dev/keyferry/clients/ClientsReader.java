package dev.keyferry.clients;

import dev.keyferry.clients.ClientsFile.Invalid;
import dev.keyferry.clients.ClientsFile.Valid;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.StreamReader;

/// Reads the file, and passes each client and the scopes to their readers.
public final class ClientsReader {
  private static final String CLIENTS = "clients";
  private static final String SCOPES = "scopes";

  /// The content of a file that cannot be read.
  private static final Valid NOTHING = new Valid(List.of(), Map.of());

  private final Problems problems = new Problems();
  private final EntryReader entries = new EntryReader(problems);

  private final ScopesReader scopes = new ScopesReader(problems);

  private ClientsReader() {}

  public static ClientsFile read(byte[] file) {
    var reader = new ClientsReader();
    var read = reader.document(file);
    return reader.problems.none() ? read : new Invalid(reader.problems.found());
  }

  private Valid document(byte[] file) {
    var text = decode(file);
    refuseUnprintable(text);
    try {
      return problems.none()
          ? members(new Yaml(new LoaderOptions()).compose(new StringReader(text)))
          : NOTHING;
    } catch (MarkedYAMLException e) {
      problems.add(e.getProblemMark().getLine() + 1, "invalid YAML: " + e.getProblem());
      return NOTHING;
    } catch (YAMLException e) {
      // The file exceeds a limit of SnakeYAML, which does not say where.
      problems.add(1, "invalid YAML: " + e.getMessage());
      return NOTHING;
    }
  }

  private String decode(byte[] file) {
    var bytes = ByteBuffer.wrap(file);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      var before = new String(file, 0, bytes.position(), StandardCharsets.UTF_8);
      problems.add(1 + (int) before.chars().filter(each -> each == '\n').count(), "invalid UTF-8");
      return "";
    }
  }

  /// YAML forbids some characters even in comments. SnakeYAML would not say where they are.
  private void refuseUnprintable(String text) {
    var lines = text.split("\n", -1);
    for (var at = 0; at < lines.length; at++) {
      var line = at + 1;
      lines[at]
          .codePoints()
          .filter(point -> !StreamReader.isPrintable(point))
          .mapToObj(Character::toString)
          .forEach(character ->
              problems.add(line, "YAML does not allow the character " + Text.quoted(character)));
    }
  }

  private Valid members(@Nullable Node document) {
    if (!(document instanceof MappingNode mapping)) {
      problems.add(1, "no clients; the file must have a member clients, which is a list");
      return NOTHING;
    }
    var members = new Members(mapping, "the file has", List.of(CLIENTS, SCOPES), problems);
    members.require(CLIENTS);
    var clients = clients(members);
    var known = clients.stream().flatMap(client -> client.scopes().stream()).distinct().toList();
    // Until all clients are valid, it is not known which scopes they may request.
    var isKnown = problems.none();
    return new Valid(
        clients,
        members
            .mapping(SCOPES)
            .map(node -> scopes.read(node, isKnown ? known : Members.names(node)))
            .orElse(Map.of()));
  }

  private List<Entry> clients(Members members) {
    var clients = members.list(CLIENTS);
    if (clients.filter(List::isEmpty).isPresent()) {
      problems.add(members.lineOf(CLIENTS), "no clients; the list clients is empty");
    }
    return clients.orElse(List.of()).stream().flatMap(node -> client(node).stream()).toList();
  }

  private Optional<Entry> client(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      problems.add(
          Members.lineOf(node), "a client must be a mapping, but is " + Members.kind(node));
      return Optional.empty();
    }
    return entries.read(new Members(mapping, "a client has", EntryReader.MEMBERS, problems));
  }
}
