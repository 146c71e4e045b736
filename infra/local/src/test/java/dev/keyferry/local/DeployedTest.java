package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyferry.local.Template.Function;
import dev.keyferry.local.ToHandlers.Encoding;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/// The template's tables and hash key, made by an emulator's CloudFormation, and its functions over
/// them: as Lambdas in LocalStack, else in this JVM.
@Tag("emulator")
class DeployedTest {
  private static final Deployment DEPLOYMENT = Deployment.to(Emulator.ENDPOINT);
  private static final Invoker FUNCTIONS = functionsOf(DEPLOYMENT);

  private static Invoker functionsOf(Deployment deployment) {
    try {
      return Emulator.isLocalStack() ? deployment.asLambdas() : deployment.here();
    } catch (IOException e) {
      throw new AssertionError("no artifact to deploy", e);
    }
  }

  static Stream<String> functions() {
    return DEPLOYMENT.template().functions().stream().map(Function::id);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void every_function_answers_its_sample_event(String function) throws IOException {
    SampleEvents.check(FUNCTIONS, function);
  }

  @Test
  void a_whole_login_ends_with_a_key_that_opens_the_protected_route() {
    var api = new ToHandlers(DEPLOYMENT.template().routes(), FUNCTIONS, Encoding.BASE64);

    var token = EmulatorTest.login(api);

    assertThat(api.whoami(token.replaceFirst(".$", "_")).status()).isEqualTo(403);
    assertThat(api.keys("alice").json().path("keys")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GRANTS_TABLE", "KEYS_TABLE"})
  void a_tables_rows_go_by_its_ttl(String table) {
    assumeTrue(Emulator.isLocalStack(), "moto's CloudFormation leaves TTL off");
    try (var dynamo = DEPLOYMENT.aws().dynamo().dynamo()) {
      var ttl =
          dynamo
              .describeTimeToLive(describe -> describe.tableName(setting(table)))
              .timeToLiveDescription();

      assertThat(ttl.timeToLiveStatusAsString()).isEqualTo("ENABLED");
      assertThat(ttl.attributeName()).isEqualTo("purge_at");
    }
  }

  @Test
  void the_keys_table_has_its_index() {
    try (var dynamo = DEPLOYMENT.aws().dynamo().dynamo()) {
      var keys = dynamo.describeTable(describe -> describe.tableName(setting("KEYS_TABLE")));

      assertThat(keys.table().globalSecondaryIndexes())
          .extracting(GlobalSecondaryIndexDescription::indexName)
          .containsExactly("by-subject");
    }
  }

  @Test
  void the_alias_names_the_hmac_key() {
    assumeTrue(Emulator.isLocalStack(), "moto's CloudFormation makes a key of another kind");
    try (var kms = DEPLOYMENT.aws().kms().kms()) {
      var key = kms.describeKey(describe -> describe.keyId("alias/" + DEPLOYMENT.name()));

      assertThat(key.keyMetadata().keySpec()).isEqualTo(KeySpec.HMAC_256);
      assertThat(key.keyMetadata().keyUsage()).isEqualTo(KeyUsageType.GENERATE_VERIFY_MAC);
      assertThat(key.keyMetadata().keyId()).isEqualTo(setting("HASH_KEY"));
    }
  }

  private static String setting(String name) {
    return DEPLOYMENT.template().functions().stream()
        .map(function -> function.environment().get(name))
        .filter(value -> value != null)
        .findFirst()
        .orElseThrow();
  }
}
