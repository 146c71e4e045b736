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

/// Before Lambda takes its snapshot, the function answers each of its sample events once, so that
/// the snapshot holds the classes that the first request needs.
///
/// It is a second handler that answers, made for this of a wiring of its own and then forgotten:
/// with made-up credentials, and [NoAws] in the place of DynamoDB and KMS. So what a restored
/// environment works with has derived no subkey and is connected to nobody.
///
/// All random generators of the platform are one underneath: what it has read from the kernel it
/// keeps in the heap, and gives away for a tenth of a second by the clock, which in a restored
/// environment may not have gone on. So each environment adds something of its own before it draws.
final class Prime implements Resource {
  /// Whoever takes the snapshot only holds it weakly.
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
    greet();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    // Straight from the kernel. What needs AWS is fetched by the first request that needs it.
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

  /// What handlers ask of a context: its logger.
  static com.amazonaws.services.lambda.runtime.Context contextOf(LambdaLogger logger) {
    return (com.amazonaws.services.lambda.runtime.Context)
        Proxy.newProxyInstance(
            Prime.class.getClassLoader(),
            new Class<?>[] {com.amazonaws.services.lambda.runtime.Context.class},
            (_, _, _) -> logger);
  }

  /// The first message of a TLS connection, to nobody: with it most of TLS is loaded.
  private static void greet() throws GeneralSecurityException, SSLException {
    var engine = SSLContext.getDefault().createSSLEngine("aws.invalid", 443);
    engine.setUseClientMode(true);
    engine.wrap(
        ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
  }

  private static InputStream sample(String name) {
    return Objects.requireNonNull(Prime.class.getResourceAsStream("prime/" + name + ".json"));
  }
}
