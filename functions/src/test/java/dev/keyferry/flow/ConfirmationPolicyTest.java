package dev.keyferry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfirmationPolicyTest {
  @ParameterizedTest
  @CsvSource({
    "OFF,      true,  192.0.2.7,        NONE",
    "OFF,      true,  198.51.100.7,     NONE",
    "OFF,      false, 198.51.100.7,     NONE",
    "MISMATCH, true,  192.0.2.7,        NONE",
    "MISMATCH, false, 192.0.2.7,        NONE",
    "MISMATCH, true,  192.0.2.8,        NUMBER",
    "MISMATCH, false, 192.0.2.8,        ACKNOWLEDGEMENT",
    "MISMATCH, true,  2001:db8::1,      NUMBER",
    "ALWAYS,   true,  192.0.2.7,        NUMBER",
    "ALWAYS,   false, 192.0.2.7,        NUMBER",
    "ALWAYS,   true,  198.51.100.7,     NUMBER",
    "ALWAYS,   false, 198.51.100.7,     NUMBER",
  })
  void follows_from_policy_support_and_networks(
      ConfirmationPolicy policy, boolean supported, String claimant, Precaution precaution) {
    var device = Origin.parse("192.0.2.7");

    assertThat(policy.precaution(supported, device, Origin.parse(claimant))).isEqualTo(precaution);
  }

  @ParameterizedTest
  @CsvSource({"2001:db8:a:b::1, NONE", "2001:db8:a:c::1, NUMBER"})
  void takes_an_ipv6_64_for_one_network(String claimant, Precaution precaution) {
    var device = Origin.parse("2001:db8:a:b:ffff::2");

    assertThat(ConfirmationPolicy.MISMATCH.precaution(true, device, Origin.parse(claimant)))
        .isEqualTo(precaution);
  }
}
