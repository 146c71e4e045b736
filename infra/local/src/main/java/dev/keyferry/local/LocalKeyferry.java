package dev.keyferry.local;

import dev.keyferry.lambda.Clients;
import dev.keyferry.local.LocalAws.Place;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// The whole of `template.yaml` on one machine: gateway, functions, tables, hash key and identity
/// provider.
public final class LocalKeyferry implements AutoCloseable {
  private static final Map<String, String> TABLES =
      Map.of("GrantsTable", "Grants", "KeysTable", "Keys");

  private static final String STACK_NAME = "local";

  private final LocalAws aws;
  private final IdentityProvider identityProvider;
  private final Gateway gateway;
  private final Template template;
  private final Functions functions;

  /// The options of a stack.
  ///
  /// @param parameters of the template, if they differ from their defaults
  /// @param data where the tables and the hash key are stored
  /// @param tap between each function and AWS
  /// @param log gets each line that the functions log
  /// @param audit gets each line of the audit log
  public record Options(
      Path template,
      Map<String, String> parameters,
      Ports ports,
      Place data,
      Clients clients,
      InstantSource clock,
      Functions.Tap tap,
      Consumer<String> log,
      Consumer<String> audit) {
    public static Options of(
        Path template, Map<String, String> parameters, Ports ports, Place data) {
      return new Options(
          template,
          parameters,
          ports,
          data,
          Clients.ofArtifact(),
          Clock.systemUTC(),
          (_, connection) -> connection,
          System.err::println,
          System.out::println);
    }
  }

  /// The template's parameters that turn off all limits, for load tests.
  public static final Map<String, String> NO_LIMITS =
      Map.of(
          "AuthorizationsPerMinute", "0", "WrongCodesOfSubject", "0", "WrongCodesOfNetwork", "0");

  /// The ports that the stack listens on. 0 is any free port.
  public record Ports(int api, int oidc, int dynamo) {
    public static final Ports ANY = new Ports(0, 0, 0);
  }

  public LocalKeyferry(Options options) throws IOException {
    gateway = new Gateway(options.ports().api(), options.log());
    identityProvider = new IdentityProvider(options.ports().oidc());
    aws = LocalAws.in(options.data(), options.ports().dynamo());
    template =
        new Template(
            options.template(),
            values(options.parameters(), gateway.url(), identityProvider.issuer(), aws.hashKey()));
    TABLES.forEach((id, name) -> aws.createTable(name, template.properties(id)));
    functions =
        new Functions(
            template,
            aws,
            options.clients(),
            options.clock(),
            options.tap(),
            options.log(),
            options.audit());
    gateway.serve(template.routes(), template.stageVariables(), functions);
  }

  /// The values of the template's parameters in this stack, and the names of its resources.
  public static Map<String, String> values(
      Map<String, String> parameters, URI url, URI issuer, String hashKey) {
    var values = new HashMap<>(TABLES);
    values.putAll(parameters);
    values.put("AWS::StackName", STACK_NAME);
    values.put("HashKey.Arn", hashKey);
    // These replace the user pool that a stack creates by default.
    values.put("Identity.Outputs.Issuer", issuer.toString());
    values.put("Identity.Outputs.LoginOrigin", issuer.getScheme() + "://" + issuer.getAuthority());
    values.put("Identity.Outputs.Audience", IdentityProvider.AUDIENCE);
    values.put("PageClient", IdentityProvider.PAGE);
    values.put("PublicUrl", url.toString());
    return values;
  }

  public URI url() {
    return gateway.url();
  }

  public URI issuer() {
    return identityProvider.issuer();
  }

  public LocalAws aws() {
    return aws;
  }

  public Template template() {
    return template;
  }

  public Functions functions() {
    return functions;
  }

  @Override
  public void close() {
    gateway.close();
    identityProvider.close();
    aws.close();
  }
}
