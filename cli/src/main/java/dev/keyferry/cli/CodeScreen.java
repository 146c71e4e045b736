package dev.keyferry.cli;

import dev.keyferry.client.Pending;

/// What somebody needs who approves on another device. The last lines are those that matter most,
/// for a small terminal keeps only the last.
final class CodeScreen {
  /// The code, its link, the line that counts down, and what is above them.
  private static final int OTHER_ROWS = 6;

  private static final int BIG_ROWS = 4;

  private CodeScreen() {}

  static void show(Talk talk, Pending pending) {
    var terminal = talk.terminal();
    var link = pending.verificationUriComplete();
    talk.say("Log in at " + pending.issuer() + " on any device with a browser:");
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
                : "Enter the code there."));
  }
}
