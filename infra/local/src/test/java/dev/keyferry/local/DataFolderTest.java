package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.LocalAws.Place;
import dev.keyferry.local.LocalKeyferry.Options;
import dev.keyferry.local.LocalKeyferry.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests of `KEYFERRY_DATA`: a new stack continues with the data of the previous one.
final class DataFolderTest {
  private static LocalKeyferry over(Path folder) throws IOException {
    return new LocalKeyferry(
        Options.of(
            Path.of("../../template.yaml"),
            LocalKeyferry.NO_LIMITS,
            Ports.ANY,
            new Place.Folder(folder)));
  }

  @Test
  void keys_and_approvals_survive_the_stack(@TempDir Path folder) throws IOException {
    Reply linked;
    Api.Codes approved;
    try (var stack = over(folder.resolve("data"))) {
      var api = new OverHttp(stack);
      linked = api.link("ada");
      approved = api.codes();
      api.grant("ada", approved.userCode());
    }
    try (var stack = over(folder.resolve("data"))) {
      var api = new OverHttp(stack);
      assertThat(api.whoami(linked.text("access_token")).text("sub")).isEqualTo("ada");
      assertThat(api.refresh(linked.text("refresh_token")).status()).isEqualTo(200);
      assertThat(api.poll(approved.deviceCode()).status()).isEqualTo(200);
    }
  }

  @Test
  void only_this_account_can_read_the_hash_key(@TempDir Path folder) throws IOException {
    over(folder).close();

    var permissions = Files.getPosixFilePermissions(folder.resolve("kms.json"));
    assertThat(PosixFilePermissions.toString(permissions)).isEqualTo("rw-------");
  }
}
