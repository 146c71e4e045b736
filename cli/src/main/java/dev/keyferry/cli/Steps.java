package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import dev.keyferry.client.Text;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The checks of a command. Each result is printed as one line as soon as it is known.
final class Steps {
  private static final int SHOWN = 300;

  private final PrintStream out;
  private final boolean json;
  private final List<Map<String, Object>> steps = new ArrayList<>();
  private boolean failed;

  Steps(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /// The result of a check.
  enum Verdict {
    OK,
    WARNING,
    FAILED,
    SKIPPED
  }

  /// @param found the result
  /// @param fix what the reader can do; empty if there is nothing to do
  record Finding(Verdict verdict, String found, String fix) {
    static Finding ok(String found) {
      return new Finding(Verdict.OK, found, "");
    }

    static Finding warning(String found, String fix) {
      return new Finding(Verdict.WARNING, found, fix);
    }

    static Finding failed(String found, String fix) {
      return new Finding(Verdict.FAILED, found, fix);
    }

    static Finding skipped(String why) {
      return new Finding(Verdict.SKIPPED, why, "");
    }
  }

  /// A check.
  @FunctionalInterface
  interface Check {
    Finding run() throws LoginException, InterruptedException;
  }

  /// Runs a check, and prints its result.
  ///
  /// @return false if the check failed
  boolean step(String name, String fix, Check check) throws InterruptedException {
    var began = System.nanoTime();
    Finding finding;
    try {
      finding = check.run();
    } catch (LoginException e) {
      finding = Finding.failed(String.valueOf(e.getMessage()), fix);
    }
    print(name, finding, (System.nanoTime() - began) / 1_000_000);
    return finding.verdict() != Verdict.FAILED;
  }

  private void print(String name, Finding finding, long milliseconds) {
    failed |= finding.verdict() == Verdict.FAILED;
    var found = Text.clean(finding.found(), SHOWN);
    var step = new LinkedHashMap<String, Object>();
    step.put("name", name);
    step.put("status", finding.verdict().name().toLowerCase(Locale.ROOT));
    step.put("found", found);
    step.put("fix", finding.fix());
    step.put("milliseconds", milliseconds);
    steps.add(step);
    if (!json) {
      out.println("%-4s  %-10s  %s".formatted(mark(finding.verdict()), name, found));
      if (!finding.fix().isEmpty()) {
        out.println(" ".repeat(18) + "Fix: " + finding.fix());
      }
      out.flush();
    }
  }

  private static String mark(Verdict verdict) {
    return switch (verdict) {
      case OK -> "ok";
      case WARNING -> "warn";
      case FAILED -> "FAIL";
      case SKIPPED -> "skip";
    };
  }

  boolean failed() {
    return failed;
  }

  /// @param name the name of the list in the object
  Map<String, Object> object(String name) {
    var object = new LinkedHashMap<String, Object>();
    object.put("ok", !failed);
    object.put(name, steps);
    return object;
  }
}
