package dev.keyferry.product.artifact;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.local.LocalAws;
import dev.keyferry.local.LocalDynamo;
import dev.keyferry.local.LocalKeyferry;
import dev.keyferry.local.LocalKms;
import dev.keyferry.local.Template;
import dev.keyferry.product.SampleEvents;
import dev.keyferry.product.SampleEvents.Sample;
import dev.keyferry.product.Shared;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/// Runs packaged artifacts as Lambda does: each function in its own JVM under Lambda's runtime
/// client. DynamoDB and KMS are in another process, which is this one, and all artifacts share them.
public final class PackagedFunctions implements AutoCloseable {
  public static final Path ARTIFACT =
      Shared.ROOT.resolve("functions/target/keyferry-functions.jar");

  /// The option that Lambda's bootstrap passes to the JVM, so that org.crac finds Lambda's
  /// implementation.
  public static final String HOOKS = "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac";

  private static final String JNI = "libaws-lambda-jni.linux-x86_64.so";
  private static final String PASSWORD = "cold-start";
  private static final JsonMapper JSON = new JsonMapper();

  /// An artifact, and the template with which it is deployed.
  public record Version(Path artifact, Template template) {}

  /// How to start a function.
  ///
  /// @param options of the JVM
  /// @param unpacked whether it runs from a directory, as on Lambda, and not from the jar
  /// @param snapshot whether the hooks before and after a snapshot run; no snapshot is taken
  /// @param tls whether connections to DynamoDB and KMS use TLS
  public record Launch(
      String name, List<String> options, boolean unpacked, boolean snapshot, boolean tls) {
    public Launch with(String... more) {
      var all = new ArrayList<>(options);
      all.addAll(List.of(more));
      return new Launch(name, all, unpacked, snapshot, tls);
    }
  }

  /// A started function, and the runtime API that gives it its events.
  ///
  /// @param output what it prints
  /// @param began by [System#nanoTime]
  public record Started(Process process, RuntimeApi api, Path output, long began)
      implements AutoCloseable {
    /// Ends the process normally, so that a JVM that creates a class cache at exit writes it now.
    @Override
    public void close() {
      process.destroy();
      process.onExit().join();
      api.close();
    }
  }

  private final Path work;
  private final LocalDynamo dynamo = new LocalDynamo(0);
  private final AwsEndpoint plain;
  private final AwsEndpoint secure;
  private final LocalAws aws;
  private final String hashKey;
  private final Map<String, String> values;
  private final Version version;

  /// Without limits, because the samples of wrong codes are wrong in each round.
  public PackagedFunctions(Path work)
      throws IOException, InterruptedException, GeneralSecurityException {
    this(work, ARTIFACT, Shared.ROOT.resolve("template.yaml"), LocalKeyferry.NO_LIMITS);
  }

  /// @param template also defines the tables
  /// @param parameters of the templates of all versions, if they differ from their defaults
  public PackagedFunctions(Path work, Path artifact, Path template, Map<String, String> parameters)
      throws IOException, InterruptedException, GeneralSecurityException {
    this.work = work;
    var kms = new LocalKms();
    var password = PASSWORD.toCharArray();
    plain = new AwsEndpoint(dynamo.endpoint(), kms, Optional.empty(), password);
    secure = new AwsEndpoint(dynamo.endpoint(), kms, Optional.of(identity()), password);
    aws = LocalAws.at(plain.endpoint());
    hashKey = aws.hashKey();
    var tables = Map.of("GrantsTable", "Grants", "KeysTable", "Keys");
    values = new HashMap<>(tables);
    values.putAll(parameters);
    values.put("AWS::StackName", "cold");
    values.put("HashKey.Arn", hashKey);
    values.put("IssuerUrl", "https://issuer.example");
    values.put("Audience", "keyferry");
    values.put("PageClientId", "page");
    values.put("PublicUrl", "https://keyferry.example");
    version = version(artifact, template);
    tables.forEach((id, name) -> aws.createTable(name, version.template().properties(id)));
    Files.createDirectories(work.resolve("empty"));
    extract(artifact, "", work.resolve("task"));
    extract(Path.of(runtime().getFirst()), "jni/", work.resolve("runtime"));
  }

  /// Another version over the same tables and the same hash key.
  public Version version(Path artifact, Path template) throws IOException {
    return new Version(artifact, new Template(template, values));
  }

  /// The version that the constructor got.
  public Version version() {
    return version;
  }

  public Path work() {
    return work;
  }

  public LocalAws aws() {
    return aws;
  }

  public String hashKey() {
    return hashKey;
  }

  public AwsEndpoint front() {
    return plain;
  }

  public List<Sample> samples() throws IOException {
    return SampleEvents.all(version.template());
  }

  /// Starts a function with its sample event.
  public Started start(Sample sample, Launch launch) throws IOException {
    var started = start(version, sample.function(), launch);
    started.api().give(Files.readString(event(sample, ".json")));
    return started;
  }

  /// Starts a function, which then waits for an event.
  ///
  /// @param launch if it is unpacked, the version must be that of the constructor
  public Started start(Version version, String function, Launch launch) throws IOException {
    var api = new RuntimeApi();
    var output = work.resolve(launch.name() + " " + function + ".log");
    var command = command(version, function, launch, api).redirectOutput(output.toFile());
    var began = System.nanoTime();
    var process = command.start();
    var _ = process.onExit().thenRun(api::ended);
    return new Started(process, api, output, began);
  }

  /// Gives the function one more event and waits for its response.
  public String invoke(Started function, String event) throws IOException, InterruptedException {
    function.api().give(event);
    next(function, "next");
    return next(function, "response").body();
  }

  /// Waits for the function's next step and checks its name.
  public RuntimeApi.Step next(Started function, String name)
      throws IOException, InterruptedException {
    var step = function.api().next();
    if (!step.name().equals(name)) {
      throw new AssertionError(
          step + " instead of " + name + "\n" + Files.readString(function.output()));
    }
    return step;
  }

  /// The function's response. Checks that its status is the expected one.
  public RuntimeApi.Step answer(Started started, Sample sample)
      throws IOException, InterruptedException {
    var answer = next(started, "response");
    var expected = JSON.readTree(Files.readString(event(sample, ".expected.json")));
    if (!JSON.readTree(answer.body()).path("statusCode").equals(expected.path("statusCode"))) {
      throw new AssertionError(sample + " answers " + answer.body());
    }
    return answer;
  }

  private ProcessBuilder command(Version version, String function, Launch launch, RuntimeApi api) {
    var known =
        version.template().functions().stream()
            .filter(each -> each.id().equals(function))
            .findFirst()
            .orElseThrow();
    var classPath = new ArrayList<>(runtime());
    if (!launch.unpacked()) {
      classPath.add(version.artifact().toString());
    }
    var command = new ArrayList<>(List.of(java("java")));
    command.addAll(launch.options());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add(
        "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
            + work.resolve("runtime/jni").resolve(JNI));
    if (launch.tls()) {
      command.add("-Djavax.net.ssl.trustStore=" + work.resolve("identity.p12"));
      command.add("-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }
    command.addAll(
        List.of(
            "-classpath",
            String.join(File.pathSeparator, classPath),
            "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
            known.handler()));
    var builder =
        new ProcessBuilder(command)
            .directory(work.resolve(launch.unpacked() ? "task" : "empty").toFile())
            .redirectErrorStream(true);
    var settings = builder.environment();
    settings.clear();
    settings.putAll(known.environment());
    settings.put("AWS_LAMBDA_RUNTIME_API", api.address());
    settings.put("AWS_LAMBDA_FUNCTION_NAME", function);
    settings.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
    settings.put("AWS_REGION", "us-east-1");
    settings.put("_HANDLER", known.handler());
    settings.put("KEYFERRY_AWS_ENDPOINT", (launch.tls() ? secure : plain).endpoint().toString());
    if (launch.snapshot()) {
      settings.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
      settings.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", plain.endpoint() + "/credentials");
      settings.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "local");
    } else {
      settings.put("AWS_ACCESS_KEY_ID", "local");
      settings.put("AWS_SECRET_ACCESS_KEY", "local");
      settings.put("AWS_SESSION_TOKEN", "local");
    }
    return builder;
  }

  private static Path event(Sample sample, String kind) {
    return SampleEvents.FOLDER.resolve(sample.name() + kind);
  }

  private static void extract(Path jar, String prefix, Path to) throws IOException {
    try (var files = new JarFile(jar.toFile())) {
      for (var entry : files.stream().filter(each -> each.getName().startsWith(prefix)).toList()) {
        var file = to.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(files.getInputStream(entry), file, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /// Lambda's runtime client and its dependencies, the client first.
  private static List<String> runtime() {
    var names =
        List.of(
            "aws-lambda-java-runtime-interface-client",
            "aws-lambda-java-core",
            "aws-lambda-java-serialization",
            "utils-lite");
    var classPath = System.getProperty("java.class.path").split(File.pathSeparator);
    return names.stream()
        .map(name ->
            Stream.of(classPath)
                .filter(path -> path.contains("/" + name + "-"))
                .findFirst()
                .orElseThrow())
        .toList();
  }

  private KeyStore identity() throws IOException, InterruptedException, GeneralSecurityException {
    var file = work.resolve("identity.p12");
    var made =
        new ProcessBuilder(
                java("keytool"),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                "aws",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-validity",
                "2")
            .inheritIO()
            .start()
            .waitFor();
    if (made != 0) {
      throw new IOException("no certificate");
    }
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  public static String java(String program) {
    return Path.of(System.getProperty("java.home"), "bin", program).toString();
  }

  @Override
  public void close() {
    plain.close();
    secure.close();
    dynamo.close();
  }
}
