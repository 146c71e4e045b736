package dev.keyferry.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The profiles of this account, in one file of [Directories#config()].
public final class Profiles {
  private final Directories directories;

  public Profiles(Directories directories) {
    this.directories = directories;
  }

  /// By name.
  public List<Profile> list() throws LoginException {
    return Soon.later(directories);
  }

  public Optional<Profile> find(String name) throws LoginException {
    return Soon.later(directories, name);
  }

  /// Adds it, or takes the place of the one of that name.
  public void put(Profile profile) throws LoginException {
    Soon.later(directories, profile);
  }

  /// Whether there was one or not.
  public void delete(String name) throws LoginException {
    Soon.later(directories, name);
  }

  /// The name that is meant: the one asked for, else `KEYFERRY_PROFILE`, else the default one, else
  /// `default`.
  public String nameOf(Optional<String> asked, Map<String, String> environment)
      throws LoginException {
    return Soon.later(directories, asked, environment);
  }

  public void setDefault(String name) throws LoginException {
    Soon.later(directories, name);
  }

  public static boolean isName(String text) {
    return Soon.later(text);
  }
}
