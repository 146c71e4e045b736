package dev.keyferry.product.deployed;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.lambda.Clients;
import dev.keyferry.local.Functions;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.Secrets;
import dev.keyferry.local.Template;
import dev.keyferry.product.Invoker;
import dev.keyferry.product.Shared;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;

/// The resources of `template.yaml` that an emulator's CloudFormation creates: the tables, the hash
/// key and its alias. Roles and the HTTP API are left out.
///
/// @param name of the CloudFormation stack
/// @param template resolved to the created resources
record Deployment(URI endpoint, String name, Template template) {
  static final Region REGION = Region.US_EAST_1;
  static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));

  private static final Path FILE = Shared.ROOT.resolve("template.yaml");
  private static final List<String> STORAGE =
      List.of("GrantsTable", "KeysTable", "HashKey", "HashKeyAlias");
  private static final JsonMapper JSON = new JsonMapper();

  static Deployment to(URI endpoint) {
    var name = newName();
    try (var cloudFormation =
        CloudFormationClient.builder()
            .endpointOverride(endpoint)
            .region(REGION)
            .credentialsProvider(CREDENTIALS)
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      var values = new HashMap<String, String>();
      values.put("AWS::StackName", name);
      values.put("AWS::Partition", "aws");
      values.put("AWS::AccountId", "000000000000");
      var body = storage(new Template(FILE, values)).toString();
      cloudFormation.createStack(stack -> stack.stackName(name).templateBody(body));
      cloudFormation.waiter().waitUntilStackCreateComplete(stack -> stack.stackName(name));
      for (var made :
          cloudFormation.describeStackResources(stack -> stack.stackName(name)).stackResources()) {
        values.put(made.logicalResourceId(), made.physicalResourceId());
      }
      var hashKey = values.getOrDefault("HashKey", "");
      // The key that moto's CloudFormation creates cannot make MACs.
      values.put(
          "HashKey.Arn", Emulator.isLocalStack() ? hashKey : LocalAws.at(endpoint).hashKey());
      return new Deployment(endpoint, name, new Template(FILE, values));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Short, because it is the prefix of each function's name, which Lambda limits to 64 characters.
  static String newName() {
    return "keyferry-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static ObjectNode storage(Template template) {
    var resources = template.section("Resources").deepCopy();
    ((ObjectNode) resources).retain(STORAGE);
    // The only reference between these resources is now a name.
    ((ObjectNode) resources.at("/HashKeyAlias/Properties"))
        .putObject("TargetKeyId")
        .put("Ref", "HashKey");
    return JSON.createObjectNode().set("Resources", resources);
  }

  LocalAws aws() {
    return LocalAws.at(endpoint);
  }

  /// The value of a variable in the functions' environment.
  String setting(String name) {
    return template.functions().stream()
        .map(function -> function.environment().get(name))
        .filter(value -> value != null)
        .findFirst()
        .orElseThrow();
  }

  /// The prefix of each function's name.
  String prefix() {
    return name + "-";
  }

  /// The functions in this JVM.
  Invoker here() {
    return Invoker.of(
        new Functions(
            template,
            aws(),
            Clients.ofArtifact(),
            Clock.systemUTC(),
            (_, connection) -> connection,
            Secrets.LOG::add,
            Secrets.LOG::add));
  }

  /// The functions as Lambdas of the emulator.
  Invoker asLambdas() throws IOException {
    var lambdas = Lambdas.at(endpoint, prefix());
    for (var function : template.functions()) {
      lambdas.create(function);
    }
    return lambdas;
  }
}
