package dev.keyferry.product.deployed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.aws.DynamoLimitStore;
import dev.keyferry.flow.GrantStoreContract;
import dev.keyferry.flow.KeyStoreContract;
import dev.keyferry.flow.Stores;
import dev.keyferry.limits.LimitStore;
import dev.keyferry.limits.LimitStoreContract;
import dev.keyferry.local.Api;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.OverHttp;
import dev.keyferry.product.Tables;
import dev.keyferry.product.stores.DynamoStores;
import dev.keyferry.product.stores.KmsKeyHasherContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Runs the contracts and a whole login with a DynamoDB and a KMS that are not the embedded ones:
/// `mvn verify -Pemulator`.
@Tag("emulator")
class EmulatorTest {
  private static final Stores STORES = DynamoStores.at(Emulator.STACK.aws());

  @Nested
  class Grants extends GrantStoreContract {
    @Override
    protected Stores stores() {
      return STORES;
    }
  }

  @Nested
  class Keys extends KeyStoreContract {
    @Override
    protected Stores stores() {
      return STORES;
    }
  }

  @Nested
  class Limits extends LimitStoreContract {
    private static final LimitStore STORE =
        new DynamoLimitStore(Emulator.STACK.aws().dynamo().dynamo(), Tables.GRANTS);

    @Override
    protected LimitStore store() {
      return STORE;
    }
  }

  @Nested
  class Subkeys extends KmsKeyHasherContract {
    @Override
    public LocalAws aws() {
      return Emulator.STACK.aws();
    }
  }

  @Test
  void a_whole_login_ends_with_a_key_that_opens_the_protected_route() {
    login(new OverHttp(Emulator.STACK));
  }

  /// Runs a whole login of alice and returns its key.
  static String login(Api api) {
    var codes = api.codes();
    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 authorization_pending");
    api.grant("alice", codes.userCode());

    var token = api.poll(codes.deviceCode()).text("access_token");

    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 invalid_grant");
    assertThat(api.whoami(token).text("sub")).isEqualTo("alice");
    return token;
  }
}
