package dev.keyferry.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WiringTest {
  @Test
  void an_empty_endpoint_means_aws() {
    var name = "KEYFERRY_AWS_ENDPOINT";

    assertThat(Wiring.endpoint(Map.of())).isEmpty();
    assertThat(Wiring.endpoint(Map.of(name, ""))).isEmpty();
    assertThat(Wiring.endpoint(Map.of(name, "http://aws:4566")))
        .contains(URI.create("http://aws:4566"));
  }
}
