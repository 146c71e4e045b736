package dev.keyferry.product.deployed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.local.Loopback;
import dev.keyferry.product.DirectApi;
import dev.keyferry.product.DirectApi.Encoding;
import dev.keyferry.product.Shared;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Tests the invocations that [DeployedTest] makes, with the local stack's own Lambda API.
class LambdasTest {
  private static final int LONGEST_NAME = 64;

  /// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
  @Test
  void the_name_of_every_deployed_function_is_short_enough_for_lambda() {
    var template = Shared.stack().template();
    var prefix = new Deployment(Loopback.url(0), Deployment.newName(), template).prefix();

    assertThat(template.functions())
        .isNotEmpty()
        .allSatisfy(
            function -> assertThat(prefix + function.id()).hasSizeLessThanOrEqualTo(LONGEST_NAME));
  }

  @Test
  void a_whole_login_by_invocations() throws IOException {
    try (var api = LambdaApi.start()) {
      var lambdas = Lambdas.at(api.url(), "");
      var login = new DirectApi(Shared.stack().template().routes(), lambdas, Encoding.BASE64);

      var codes = login.codes();
      login.grant("invoker", codes.userCode());

      var token = login.poll(codes.deviceCode()).text("access_token");
      assertThat(login.whoami(token).text("sub")).isEqualTo("invoker");
    }
  }

  @Test
  void a_failed_invocation_is_not_a_response() throws IOException {
    try (var api = LambdaApi.start()) {
      var lambdas = Lambdas.at(api.url(), "");

      assertThatThrownBy(() -> lambdas.invoke("PollFunction", "{}"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("PollFunction failed");
    }
  }
}
