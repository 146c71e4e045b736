package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/// Before Lambda takes its snapshot, the function answers its sample event once, so that the
/// snapshot holds the classes which the first request needs.
///
/// It is a second handler that answers, made for this of a wiring of its own and then forgotten:
/// with its own random generator, made-up credentials, and [NoAws] in the place of DynamoDB and
/// KMS. So what a restored environment works with has derived no subkey, drawn nothing, and is
/// connected to nobody.
final class Prime implements Resource {
  /// Whoever takes the snapshot only holds it weakly.
  private static @Nullable Prime registered;

  private final Map<String, String> settings;

  Prime(Map<String, String> settings) {
    this.settings = settings;
  }

  static void beforeSnapshot(Map<String, String> settings) {
    if ("snap-start".equals(settings.get("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      registered = new Prime(settings);
      Core.getGlobalContext().register(registered);
    }
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context)
      throws IOException, ReflectiveOperationException, GeneralSecurityException {
    answerSample(Class.forName(settings.get("_HANDLER")).asSubclass(EventHandler.class));
    greet();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    // What needs AWS is fetched by the first request that needs it.
  }

  private void answerSample(Class<? extends EventHandler> type)
      throws IOException, ReflectiveOperationException {
    var handler = type.getConstructor(Wiring.class).newInstance(Wiring.withoutAws(settings));
    handler.answer(sample(type), LambdaRuntime.getLogger());
  }

  /// The first message of a TLS connection, to nobody: with it most of TLS is loaded.
  private static void greet() throws GeneralSecurityException, SSLException {
    var engine = SSLContext.getDefault().createSSLEngine("aws.invalid", 443);
    engine.setUseClientMode(true);
    engine.wrap(
        ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
  }

  /// `AuthorizationClaimHandler` has `authorization-claim.json`.
  private static byte[] sample(Class<?> handler) throws IOException {
    var name =
        handler
            .getSimpleName()
            .replaceFirst("Handler$", "")
            .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
            .toLowerCase(Locale.ROOT);
    var path = "prime/" + name + ".json";
    try (var file = Objects.requireNonNull(Prime.class.getResourceAsStream(path))) {
      return file.readAllBytes();
    }
  }
}
