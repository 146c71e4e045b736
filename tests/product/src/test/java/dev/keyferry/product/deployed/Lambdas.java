package dev.keyferry.product.deployed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.local.Template.Function;
import dev.keyferry.product.Invoker;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.Architecture;

/// Functions behind Lambda's API.
///
/// @param prefix of each function's name, before its logical id
record Lambdas(LambdaClient lambda, String prefix) implements Invoker {
  /// The first start in a container may take a while.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  static Lambdas at(URI endpoint, String prefix) {
    var client =
        LambdaClient.builder()
            .endpointOverride(endpoint)
            .region(Deployment.REGION)
            .credentialsProvider(Deployment.CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.builder().socketTimeout(PATIENCE).build())
            .overrideConfiguration(configuration -> configuration.apiCallTimeout(PATIENCE))
            .build();
    return new Lambdas(client, prefix);
  }

  /// Deploys the packaged artifact as this function. LocalStack sets `AWS_ENDPOINT_URL` to the
  /// address of DynamoDB and KMS.
  void create(Function function) throws IOException {
    var name = prefix + function.id();
    var jar = Files.readAllBytes(Shared.ROOT.resolve("functions/target/keyferry-functions.jar"));
    var arm = System.getProperty("os.arch").equals("aarch64");
    lambda.createFunction(create ->
        create
            .functionName(name)
            .runtime("java25")
            .architectures(arm ? Architecture.ARM64 : Architecture.X86_64)
            .handler(function.handler())
            .role("arn:aws:iam::000000000000:role/nobody-asks")
            .environment(environment -> environment.variables(function.environment()))
            .memorySize(1024)
            .timeout((int) PATIENCE.toSeconds())
            .code(code -> code.zipFile(SdkBytes.fromByteArrayUnsafe(jar))));
    lambda.waiter().waitUntilFunctionActiveV2(get -> get.functionName(name));
  }

  @Override
  public String invoke(String function, String event) {
    var answer =
        lambda.invoke(call ->
            call.functionName(prefix + function).payload(SdkBytes.fromString(event, UTF_8)));
    if (answer.functionError() != null) {
      throw new IllegalStateException(function + " failed: " + answer.payload().asUtf8String());
    }
    return answer.payload().asUtf8String();
  }
}
