package dev.keyferry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.javakeyring.PasswordAccessException;
import dev.keyferry.client.LoginException.Storage;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests where a secret is stored while the keychain appears, disappears, and fails.
class BestStoreTest {
  @TempDir Path home;
  private final Map<String, String> keychain = new HashMap<>();

  /// A keychain that works until a test breaks it.
  private class Working implements TokenStore {
    @Override
    public Optional<String> get(String name) throws LoginException {
      return Optional.ofNullable(keychain.get(name));
    }

    @Override
    public void put(String name, String secret) throws LoginException {
      keychain.put(name, secret);
    }

    @Override
    public void delete(String name) throws LoginException {
      keychain.remove(name);
    }

    @Override
    public String place() {
      return "keychain";
    }
  }

  private BestStore store(BestStore.Keychain open) {
    return new BestStore(home.resolve("secrets"), open);
  }

  @Test
  void an_unreadable_keychain_entry_is_different_from_a_missing_one() throws Exception {
    store(Working::new).put("a", "secret");
    keychain.clear();
    var store = store(Working::new);
    assertThatThrownBy(() -> store.get("a"))
        .isInstanceOf(Storage.class)
        .hasMessageContaining("keychain but cannot be read");
    assertThat(store.get("b")).isEmpty();
    store.delete("a");
    assertThat(store.get("a")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "No stored credentials match service: keyferry account: login/work, true",
    "No password to delete. No stored credentials match keyferry account: a, true",
    "Password is not in wallet, true",
    "'Password cannot be deleted, it is not in wallet', true",
    "Error code 1168, true",
    "The specified item could not be found in the keychain., true",
    "Error code 5, false",
    "Error code 11680, false",
    "Too many stored credentials match service: keyferry account: a, false",
    "Failed to get credential. The user name or passphrase you entered is not correct., false",
    ", false"
  })
  void only_the_keychain_s_own_message_means_not_found(String said, boolean isNotThere) {
    assertThat(KeychainStore.isNotThere(new PasswordAccessException(said))).isEqualTo(isNotThere);
  }

  private Session session(TokenStore store) {
    var issuer = URI.create("https://login.example");
    return Session.of(
        Http.create(),
        Profile.login("work", issuer, "cli", ""),
        store,
        Directories.of(Map.of(), home),
        new TestTime().time());
  }

  @Test
  void a_new_login_is_stored_before_the_previous_one_is_deleted() throws Exception {
    session(store(BestStore.NO_KEYCHAIN)).keep(Tokens.ofKey("old"));
    class Killing extends Working {
      @Override
      public void put(String name, String secret) {
        throw new IllegalStateException("killed");
      }
    }
    assertThatThrownBy(() -> session(store(Killing::new)).keep(Tokens.ofKey("new")))
        .hasMessage("killed");
    assertThat(session(store(Working::new)).accessToken()).isEqualTo("old");

    session(store(Working::new)).keep(Tokens.ofKey("new"));
    assertThat(session(store(Working::new)).accessToken()).isEqualTo("new");
    assertThatThrownBy(() -> session(store(BestStore.NO_KEYCHAIN)).accessToken())
        .as("no longer in files")
        .isInstanceOf(Storage.class);
  }

  @Test
  void a_new_login_that_the_keychain_refuses_leaves_none_in_it() throws Exception {
    session(store(Working::new)).keep(Tokens.ofKey("old"));
    class Full extends Working {
      @Override
      public void put(String name, String secret) throws LoginException {
        throw new Storage("full");
      }
    }
    session(store(Full::new)).keep(Tokens.ofKey("new"));
    assertThat(session(store(Full::new)).accessToken()).isEqualTo("new");
    assertThat(keychain).isEmpty();
    session(store(BestStore.NO_KEYCHAIN)).keep(Tokens.ofKey("newer"));
    assertThat(session(store(Working::new)).accessToken()).isEqualTo("newer");
  }
}
