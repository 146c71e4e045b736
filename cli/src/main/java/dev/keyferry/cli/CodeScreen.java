package dev.keyferry.cli;

import dev.keyferry.client.Pending;

/// Shows what a person needs to approve on another device. The most important lines come last,
/// because a small terminal keeps only those.
final class CodeScreen {
  /// The rows of the code, its link, the countdown, and the lines above them.
  private static final int OTHER_ROWS = 6;

  private static final int BIG_ROWS = 4;

  private CodeScreen() {}

  static void show(Talk talk, Pending pending) {
    var terminal = talk.terminal();
    var link = pending.verificationUriComplete();
    talk.say("Log in to " + pending.issuer() + " on any device with a browser:");
    var qr =
        QrText.of(
            link.orElse(pending.verificationUri()).toString(),
            terminal,
            terminal.rows() - OTHER_ROWS);
    qr.ifPresent(lines -> {
      talk.say("");
      talk.say(lines);
    });
    if (terminal.rows() >= qr.map(java.util.List::size).orElse(0) + OTHER_ROWS + BIG_ROWS) {
      BigText.of(pending.userCode(), terminal)
          .ifPresent(lines -> {
            talk.say("");
            lines.forEach(line -> talk.say(talk.strong(line)));
          });
    }
    talk.say("");
    talk.say("Code: " + talk.strong(pending.userCode()));
    talk.say("Link: " + link.orElse(pending.verificationUri()));
    talk.say(
        talk.faint(
            link.isPresent()
                ? "Approve only if the page shows this code."
                : "Enter the code on that page."));
  }
}
