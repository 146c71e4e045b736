package dev.keyferry.client;

import dev.keyferry.client.LoginException.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Files in one folder that only this account can read (0600 in 0700). Writes are atomic: a reader
/// finds the old content or the new, even if the writer was killed.
final class PrivateFiles {
  private static final FileAttribute<?> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /// Far larger than any file that is stored.
  private static final int LARGEST = 1024 * 1024;

  private final Path directory;

  /// Receives the name of each step of a write before it happens, so that a test can end the
  /// process.
  private final Consumer<String> steps;

  PrivateFiles(Path directory, Consumer<String> steps) {
    this.directory = directory;
    this.steps = steps;
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  boolean exists(String name) {
    return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
  }

  /// Whether a killed writer left a file.
  boolean hasLeftover(String name) {
    return exists(fresh(name));
  }

  private static String fresh(String name) {
    return name + ".new";
  }

  /// Taken around each read that a write follows.
  ProcessLock lock() throws LoginException {
    try {
      return ProcessLock.take(path("lock"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Storage("Interrupted while waiting for another process.", e);
    }
  }

  Optional<byte[]> read(String name) throws LoginException {
    var file = path(name);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var size = channel.size();
      if (size > LARGEST) {
        throw new Storage(file + " is damaged: it is too large. Delete it, and log in again.");
      }
      var bytes = ByteBuffer.allocate((int) size);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      return Optional.of(bytes.array());
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read", file, e);
    }
  }

  /// Requires the [#lock()], because all writers of a name share the new file.
  void write(String name, byte[] content) throws LoginException {
    var file = path(name);
    var fresh = path(fresh(name));
    try {
      createDirectory(directory);
      steps.accept("clear");
      Files.deleteIfExists(fresh);
      steps.accept("create");
      try (var channel =
          FileChannel.open(
              fresh,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attributes(FILE))) {
        var bytes = ByteBuffer.wrap(content);
        writeAll(channel, bytes.slice(0, content.length / 2));
        steps.accept("write the rest");
        writeAll(channel, bytes.slice(content.length / 2, content.length - content.length / 2));
        steps.accept("force");
        channel.force(true);
      }
      steps.accept("move");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      steps.accept("force the folder");
      forceDirectory();
    } catch (IOException e) {
      throw failed("write", file, e);
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  void delete(String name) throws LoginException {
    try {
      steps.accept("delete the new");
      Files.deleteIfExists(path(fresh(name)));
      steps.accept("delete");
      if (Files.deleteIfExists(path(name))) {
        steps.accept("force the folder");
        forceDirectory();
      }
    } catch (IOException e) {
      throw failed("delete", path(name), e);
    }
  }

  /// Makes the name survive a power failure too.
  private void forceDirectory() throws IOException {
    if (isPosix(directory)) {
      try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /// Creates the folder, or removes the access of others to it.
  static void createDirectory(Path directory) throws LoginException {
    try {
      if (!isPosix(existing(directory))) {
        Files.createDirectories(directory);
        return;
      }
      Files.createDirectories(directory, DIRECTORY);
      var only = PosixFilePermissions.fromString("rwx------");
      if (!Files.getPosixFilePermissions(directory).equals(only)) {
        Files.setPosixFilePermissions(directory, only);
      }
    } catch (IOException e) {
      throw failed("create", directory, e);
    }
  }

  private static Path existing(Path path) {
    var there = path.toAbsolutePath();
    while (!Files.exists(there)) {
      there = parent(there);
    }
    return there;
  }

  static Path parent(Path path) {
    return Objects.requireNonNull(path.toAbsolutePath().getParent());
  }

  private FileAttribute<?>[] attributes(FileAttribute<?> posix) {
    return isPosix(directory) ? new FileAttribute<?>[] {posix} : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
  }

  static Storage failed(String what, Path path, IOException cause) {
    return new Storage(
        "Could not %s %s (%s).".formatted(what, path, cause.getClass().getSimpleName()), cause);
  }
}
