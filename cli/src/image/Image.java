import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;

/// Builds the folder that a user installs: a Java runtime with the required modules, the jars, a
/// launcher, and the AOT cache of a training run. `mvn package` runs it with the build's JDK. It does
/// nothing if nothing has changed.
///
/// Arguments: the folder, the command's jar, the launcher's text, the class path of what it needs.
final class Image {
  /// The modules that the jars use. JNA names java.desktop for windows, but the command does not
  /// need it.
  private static final String MODULES =
      "java.base,java.logging,java.net.http,jdk.httpserver,jdk.net,jdk.security.auth";

  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          // Most commands end before compilation pays off.
          "-XX:CompileThresholdScaling=10",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED");

  private final Path folder;
  private final List<Path> jars;

  private Image(Path folder, List<Path> jars) {
    this.folder = folder;
    this.jars = jars;
  }

  public static void main(String[] arguments) throws Exception {
    var jars = new ArrayList<Path>();
    jars.add(Path.of(arguments[1]));
    for (var entry : arguments[3].split(File.pathSeparator)) {
      if (entry.endsWith(".jar") && !jars.contains(Path.of(entry))) {
        jars.add(Path.of(entry));
      }
    }
    var launcher = Files.readString(Path.of(arguments[2]));
    new Image(Path.of(arguments[0]).toAbsolutePath(), jars).make(launcher);
  }

  private void make(String launcher) throws Exception {
    var made = folder.resolve("made-of");
    var madeOf = fingerprint(launcher);
    if (Files.exists(made) && Files.readString(made).equals(madeOf)) {
      return;
    }
    delete(folder);
    Files.createDirectories(folder.resolve("lib"));
    link();
    var names = new ArrayList<String>();
    for (var jar : jars) {
      var name = jar.getFileName().toString();
      names.add(name);
      var copy = folder.resolve("lib").resolve(name);
      if (name.startsWith("picocli-")) {
        modernise(jar, copy);
      } else {
        Files.copy(jar, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    train(names);
    launcher(launcher, names);
    Files.writeString(made, madeOf);
  }

  private String fingerprint(String launcher) throws IOException, GeneralSecurityException {
    var sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update((Runtime.version() + MODULES + OPTIONS + launcher + folder).getBytes());
    for (var jar : jars) {
      sha256.update(jar.getFileName().toString().getBytes());
      sha256.update(Files.readAllBytes(jar));
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private void link() {
    var status =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new IllegalStateException("this JDK has no jlink"))
            .run(
                System.out,
                System.err,
                "--add-modules",
                MODULES,
                "--strip-debug",
                "--no-man-pages",
                "--no-header-files",
                "--output",
                folder.resolve("runtime").toString());
    if (status != 0) {
      throw new IllegalStateException("jlink failed");
    }
  }

  /// Rewrites the classes for this Java version. An AOT cache accepts no classes older than Java 6,
  /// and picocli's are from Java 5. Without the cache for them, every start takes twice as long.
  private static void modernise(Path jar, Path copy) throws IOException {
    try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        var in = new JarFile(jar.toFile());
        var out = new JarOutputStream(Files.newOutputStream(copy))) {
      var classes =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofClassLoading(loader)));
      for (var entry : Collections.list(in.entries())) {
        var bytes = in.getInputStream(entry).readAllBytes();
        var isOld = entry.getName().matches("picocli/.*[.]class");
        out.putNextEntry(new JarEntry(entry.getName()));
        out.write(isOld ? modern(classes, bytes) : bytes);
      }
    }
  }

  private static byte[] modern(ClassFile classes, byte[] bytes) {
    return classes.transformClass(
        classes.parse(bytes),
        ClassTransform.endHandler(
                made -> made.withVersion(ClassFile.latestMajorVersion(), 0))
            .andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
  }

  private void train(List<String> names) throws IOException, InterruptedException {
    var home = Files.createTempDirectory("keyferry-training");
    var command = new ArrayList<String>();
    command.add(folder.resolve("runtime/bin/java").toString());
    command.addAll(OPTIONS);
    command.add("-XX:AOTCacheOutput=" + folder.resolve("lib/keyferry.aot"));
    command.addAll(List.of("-cp", classPath(folder.toString(), names)));
    command.addAll(List.of("dev.keyferry.cli.Training", home.toString()));
    var log = folder.resolve("training.log").toFile();
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    var status = process.waitFor();
    delete(home);
    if (status != 0 || !Files.exists(folder.resolve("lib/keyferry.aot"))) {
      throw new IllegalStateException("the training run failed, see " + log);
    }
    Files.delete(log.toPath());
  }

  private static String classPath(String home, List<String> names) {
    var entries = names.stream().map(name -> home + "/lib/" + name).toList();
    return String.join(File.pathSeparator, entries);
  }

  private void launcher(String launcher, List<String> names) throws IOException {
    Files.createDirectories(folder.resolve("bin"));
    var script = folder.resolve("bin/keyferry");
    Files.writeString(
        script,
        launcher
            .replace("@OPTIONS@", String.join(" ", OPTIONS))
            .replace("@CLASS_PATH@", classPath("$home", names)));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
