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

  /// What can differ between two stacks.
  ///
  /// @param parameters of the template, where they differ from their defaults
  /// @param data where tables and hash key are
  /// @param tap between each function and AWS
  /// @param log what the functions log, line by line
  /// @param audit the decisions that they write down, line by line
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

  /// The template's parameters that switch all limits off, for load tests.
  public static final Map<String, String> NO_LIMITS =
      Map.of(
          "AuthorizationsPerMinute", "0", "WrongCodesOfSubject", "0", "WrongCodesOfNetwork", "0");

  /// Where the stack listens; 0 is any free port.
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

  /// What the template's parameters are here, and its resources' names.
  public static Map<String, String> values(
      Map<String, String> parameters, URI url, URI issuer, String hashKey) {
    var values = new HashMap<>(TABLES);
    values.putAll(parameters);
    values.put("AWS::StackName", STACK_NAME);
    values.put("HashKey.Arn", hashKey);
    // In the place of the user pool that a stack brings by default.
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
