package dev.keyferry.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/// Answers each of the function's sample events once before Lambda takes its snapshot, so that the
/// snapshot holds the classes that the first request needs.
///
/// A second handler answers the samples, and is then forgotten. It has a wiring of its own, with
/// made-up credentials and with [NoAws] in place of DynamoDB and KMS. The handler that a restored
/// environment works with has therefore derived no subkey and has no connection.
///
/// All random generators of the platform share one source. That source keeps in the heap what it
/// has read from the kernel, and hands it out for a tenth of a second by the clock. In a restored
/// environment, that clock may not have moved. Each environment therefore adds a seed of its own
/// before it draws.
final class Prime implements Resource {
  /// A strong reference, because the owner of the snapshot holds this object only weakly.
  static @Nullable Prime registered;

  private static final int SEED_BYTES = 32;

  private final Map<String, String> settings;
  private final SecureRandom random;

  Prime(Map<String, String> settings, SecureRandom random) {
    this.settings = settings;
    this.random = random;
  }

  static void beforeSnapshot(Map<String, String> settings, SecureRandom random) {
    if ("snap-start".equals(settings.get("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      registered = new Prime(settings, random);
      Core.getGlobalContext().register(registered);
    }
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context)
      throws IOException, ReflectiveOperationException, GeneralSecurityException {
    answerSamples();
    loadTls();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    // The seed comes straight from the kernel. The first request that needs AWS connects to it.
    random.setSeed(random.generateSeed(SEED_BYTES));
  }

  private void answerSamples() throws IOException, ReflectiveOperationException {
    var type = Class.forName(settings.get("_HANDLER"));
    var handler = type.getConstructor(Wiring.class).newInstance(Wiring.withoutAws(settings));
    for (var name : ((Sampled) handler).samples()) {
      try (var event = sample(name)) {
        EventSerializer.invoke(
            (RequestHandler<?, ?>) handler,
            event,
            OutputStream.nullOutputStream(),
            contextOf(LambdaRuntime.getLogger()));
      }
    }
  }

  /// A context with the only part of it that handlers use: the logger.
  static com.amazonaws.services.lambda.runtime.Context contextOf(LambdaLogger logger) {
    return (com.amazonaws.services.lambda.runtime.Context)
        Proxy.newProxyInstance(
            Prime.class.getClassLoader(),
            new Class<?>[] {com.amazonaws.services.lambda.runtime.Context.class},
            (_, _, _) -> logger);
  }

  /// Makes the first message of a TLS connection and sends it to no one, which loads most of TLS.
  private static void loadTls() throws GeneralSecurityException, SSLException {
    var engine = SSLContext.getDefault().createSSLEngine("aws.invalid", 443);
    engine.setUseClientMode(true);
    engine.wrap(
        ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
  }

  private static InputStream sample(String name) {
    return Objects.requireNonNull(Prime.class.getResourceAsStream("prime/" + name + ".json"));
  }
}
