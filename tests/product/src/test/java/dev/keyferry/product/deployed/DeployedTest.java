package dev.keyferry.product.deployed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.product.DirectApi;
import dev.keyferry.product.DirectApi.Encoding;
import dev.keyferry.product.Invoker;
import dev.keyferry.product.SampleEvents;
import dev.keyferry.product.SampleEvents.Sample;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/// Tests of the template's tables and hash key, which an emulator's CloudFormation creates, and of
/// the functions over them. With LocalStack the functions run in containers: as LocalStack's
/// Lambdas or, if `KEYFERRY_SAM` names the SAM CLI, in `sam local start-lambda`. With another
/// emulator they run in this JVM.
@Tag("emulator")
class DeployedTest {
  private static final Deployment DEPLOYMENT = Deployment.to(Emulator.ENDPOINT);
  private static final Optional<SamLocal> SAM =
      Optional.ofNullable(System.getenv("KEYFERRY_SAM"))
          .filter(_ -> Emulator.isLocalStack())
          .map(sam -> SamLocal.start(sam, DEPLOYMENT));
  private static final Invoker FUNCTIONS =
      SAM.<Invoker>map(SamLocal::lambdas).orElseGet(DeployedTest::withoutSam);

  private static Invoker withoutSam() {
    try {
      return Emulator.isLocalStack() ? DEPLOYMENT.asLambdas() : DEPLOYMENT.here();
    } catch (IOException e) {
      throw new AssertionError("there is no artifact to deploy", e);
    }
  }

  @AfterAll
  static void stopSam() {
    SAM.ifPresent(SamLocal::close);
  }

  static List<Sample> samples() throws IOException {
    return SampleEvents.all(DEPLOYMENT.template());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void every_function_answers_its_sample_event(Sample sample) throws IOException {
    SampleEvents.check(FUNCTIONS, sample);
  }

  @Test
  void a_whole_login_ends_with_a_key_that_opens_the_protected_route() {
    var api = new DirectApi(DEPLOYMENT.template().routes(), FUNCTIONS, Encoding.BASE64);

    var token = EmulatorTest.login(api);

    assertThat(api.whoami(token.replaceFirst(".$", "_")).status()).isEqualTo(403);
    assertThat(api.keys("alice").json().path("keys")).hasSize(1);
  }

  /// moto's CloudFormation leaves TTL off.
  @ParameterizedTest
  @Tag("localstack")
  @ValueSource(strings = {"GRANTS_TABLE", "KEYS_TABLE"})
  void rows_expire_by_the_tables_ttl(String table) {
    try (var dynamo = DEPLOYMENT.aws().dynamo().dynamo()) {
      var ttl =
          dynamo
              .describeTimeToLive(describe -> describe.tableName(DEPLOYMENT.setting(table)))
              .timeToLiveDescription();

      assertThat(ttl.timeToLiveStatusAsString()).isEqualTo("ENABLED");
      assertThat(ttl.attributeName()).isEqualTo("purge_at");
    }
  }

  @Test
  void the_keys_table_has_its_index() {
    try (var dynamo = DEPLOYMENT.aws().dynamo().dynamo()) {
      var keys =
          dynamo.describeTable(describe -> describe.tableName(DEPLOYMENT.setting("KEYS_TABLE")));

      assertThat(keys.table().globalSecondaryIndexes())
          .extracting(GlobalSecondaryIndexDescription::indexName)
          .containsExactly("by-subject");
    }
  }

  /// moto's CloudFormation creates a key of another kind.
  @Test
  @Tag("localstack")
  void the_alias_points_to_the_hmac_key() {
    try (var kms = DEPLOYMENT.aws().kms().kms()) {
      var key = kms.describeKey(describe -> describe.keyId("alias/" + DEPLOYMENT.name()));

      assertThat(key.keyMetadata().keySpec()).isEqualTo(KeySpec.HMAC_256);
      assertThat(key.keyMetadata().keyUsage()).isEqualTo(KeyUsageType.GENERATE_VERIFY_MAC);
      assertThat(key.keyMetadata().keyId()).isEqualTo(DEPLOYMENT.setting("HASH_KEY"));
    }
  }
}
