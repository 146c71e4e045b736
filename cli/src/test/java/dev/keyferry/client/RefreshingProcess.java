package dev.keyferry.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/// A process that requests an access token on command.
final class RefreshingProcess {
  private RefreshingProcess() {}

  /// `HOME ISSUER`
  static void main(String[] arguments) throws LoginException, InterruptedException, IOException {
    var directories = Directories.of(Map.of(), Path.of(arguments[0]));
    var profile = Profile.login("work", URI.create(arguments[1]), "cli", "read offline_access");
    var store = new EncryptedFileStore(directories.data());
    var session = Session.of(Http.create(), profile, store, directories, Time.SYSTEM);
    System.out.print('r');
    System.out.flush();
    System.in.read();
    System.out.println(session.accessToken());
  }
}
