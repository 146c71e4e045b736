package dev.keyferry.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.flow.Subject;
import dev.keyferry.limits.Limit;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Tests the partition keys. A change would make the stored rows unreachable.
final class PartitionKeysTest {
  @Test
  void are_those_of_the_design() {
    var limit = new Limit("authorize", 30, Duration.ofMinutes(1));

    assertThat(GrantItem.key(new Locator("AAAA"))).isEqualTo(pk("GRANT#AAAA"));
    assertThat(KeyItem.key(new KeyId("0123456789abcXYZ"))).isEqualTo(pk("KEY#0123456789abcXYZ"));
    assertThat(KeyItem.key(new Subject("ada"))).isEqualTo(pk("SUBJECT#ada"));
    assertThat(DynamoLimitStore.partitionKey(new Limit.Window(limit, "192.0.2.7", 8)))
        .isEqualTo("LIMIT#authorize#192.0.2.7#8");
  }

  private static Map<String, AttributeValue> pk(String text) {
    return Map.of("pk", AttributeValue.fromS(text));
  }
}
