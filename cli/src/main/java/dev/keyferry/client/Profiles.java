package dev.keyferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.client.LoginException.BadServer;
import dev.keyferry.client.LoginException.Storage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The profiles of this account, in one file in [Directories#config()].
public final class Profiles {
  private static final String FILE = "profiles.json";
  private static final String FIRST = "default";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final PrivateFiles files;

  /// The content of the file.
  private record Content(String chosen, TreeMap<String, Profile> byName) {}

  public Profiles(Directories directories) {
    files = new PrivateFiles(directories.config(), _ -> {});
  }

  /// By name.
  public List<Profile> list() throws LoginException {
    return List.copyOf(read().byName().values());
  }

  public Optional<Profile> find(String name) throws LoginException {
    return Optional.ofNullable(read().byName().get(name));
  }

  /// Adds a profile, or replaces the one with that name.
  public void put(Profile profile) throws LoginException {
    require(profile.name());
    try (var _ = files.lock()) {
      var content = read();
      content.byName().put(profile.name(), profile);
      write(content);
    }
  }

  /// Does nothing if there is no such profile.
  public void delete(String name) throws LoginException {
    if (find(name).isPresent()) {
      try (var _ = files.lock()) {
        var content = read();
        content.byName().remove(name);
        write(
            new Content(
                content.chosen().equals(name) ? FIRST : content.chosen(), content.byName()));
      }
    }
  }

  /// The first of: the requested name, `KEYFERRY_PROFILE`, the default profile, `default`.
  public String nameOf(Optional<String> asked, Map<String, String> environment)
      throws LoginException {
    var named =
        asked.or(() ->
            Optional.ofNullable(environment.get("KEYFERRY_PROFILE"))
                .filter(text -> !text.isEmpty()));
    return require(named.isPresent() ? named.get() : read().chosen());
  }

  public void setDefault(String name) throws LoginException {
    require(name);
    try (var _ = files.lock()) {
      write(new Content(name, read().byName()));
    }
  }

  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  private static String require(String name) throws LoginException {
    if (!isName(name)) {
      throw new Storage(
          "\"%s\" is not a profile name. Use only letters, digits, '.', '_', and '-'."
              .formatted(Text.clean(name, 64)));
    }
    return name;
  }

  private Content read() throws LoginException {
    var bytes = files.read(FILE);
    var byName = new TreeMap<String, Profile>();
    if (bytes.isEmpty()) {
      return new Content(FIRST, byName);
    }
    try {
      var json = Json.read(new String(bytes.get(), UTF_8));
      for (var member : json.objects("profiles")) {
        var profile = Profile.read(member);
        byName.put(profile.name(), profile);
      }
      return new Content(
          json.optionalString("default").filter(Profiles::isName).orElse(FIRST), byName);
    } catch (BadServer | Storage e) {
      throw new Storage(files.path(FILE) + " is damaged. Repair or delete it.", e);
    }
  }

  private void write(Content content) throws LoginException {
    var json =
        Map.of(
            "default", content.chosen(),
            "profiles", content.byName().values().stream().map(Profile::members).toList());
    files.write(FILE, (Json.write(json) + "\n").getBytes(UTF_8));
  }
}
