package dev.keyferry.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The name of this machine.
final class Machine {
  /// The longest name that a server accepts.
  private static final int LONGEST = 64;

  private Machine() {}

  /// Such as `alice@laptop`.
  static String name(Map<String, String> environment) {
    var name = System.getProperty("user.name", "somebody") + "@" + host(environment);
    var line = name.replaceAll("[^\\x21-\\x7E]", "");
    return line.length() > LONGEST ? line.substring(0, LONGEST) : line;
  }

  private static String host(Map<String, String> environment) {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      var named = environment.get(Terminal.isWindows() ? "COMPUTERNAME" : "HOSTNAME");
      return named == null || named.isBlank() ? address() : named;
    }
  }

  private static String address() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "computer";
    }
  }
}
