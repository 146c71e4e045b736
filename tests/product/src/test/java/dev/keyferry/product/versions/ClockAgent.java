package dev.keyferry.product.versions;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.time.Clock;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/// A Java agent that sets the clock of a JVM ahead. A packaged function takes no clock from a test,
/// and its rows are under a seal, so a test cannot set their times back.
public final class ClockAgent implements ClassFileTransformer {
  private static final ClassDesc INSTANT = ClassDesc.of("java.time.Instant");

  private final long seconds;

  private ClockAgent(long seconds) {
    this.seconds = seconds;
  }

  /// The JVM calls this before `main`.
  public static void premain(String seconds, Instrumentation instrumentation)
      throws UnmodifiableClassException {
    instrumentation.addTransformer(new ClockAgent(Long.parseLong(seconds)), true);
    instrumentation.retransformClasses(Clock.class);
  }

  /// Packages the agent. Returns the JVM's option.
  static String option(Path folder, Duration ahead) throws IOException {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", ClockAgent.class.getName());
    manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
    var jar = folder.resolve("clock-agent.jar");
    var name = ClockAgent.class.getName().replace('.', '/') + ".class";
    try (var entries = new JarOutputStream(Files.newOutputStream(jar), manifest);
        var bytes = ClassLoader.getSystemResourceAsStream(name)) {
      if (bytes == null) {
        throw new IOException(name + " is not on the class path");
      }
      entries.putNextEntry(new JarEntry(name));
      bytes.transferTo(entries);
    }
    return "-javaagent:" + jar + "=" + ahead.toSeconds();
  }

  /// Every clock of the system takes its time from `Clock.currentInstant()`.
  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (!name.equals("java/time/Clock")) {
      return null;
    }
    var later =
        ClassTransform.transformingMethodBodies(
            method -> method.methodName().equalsString("currentInstant"),
            (code, element) -> {
              if (element instanceof ReturnInstruction) {
                code.loadConstant(seconds)
                    .invokevirtual(
                        INSTANT, "plusSeconds", MethodTypeDesc.of(INSTANT, ConstantDescs.CD_long));
              }
              code.with(element);
            });
    return ClassFile.of().transformClass(ClassFile.of().parse(bytes), later);
  }
}
