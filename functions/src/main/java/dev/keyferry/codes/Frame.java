package dev.keyferry.codes;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A message for a MAC, made of fields. Each field follows its length, so that no two lists of
/// fields give the same bytes.
public final class Frame {
  /// The initial size. Most messages fit, and need not grow.
  private static final int USUAL_BYTES = 256;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);

  private Frame() {}

  /// Starts with a label, which tells messages under the same subkey apart.
  public static Frame of(String label) {
    return new Frame().with(label);
  }

  public Frame with(Object field) {
    return with(field.toString().getBytes(StandardCharsets.UTF_8));
  }

  public Frame with(byte[] field) {
    for (int shift = 24; shift >= 0; shift -= Byte.SIZE) {
      bytes.write(field.length >>> shift);
    }
    bytes.writeBytes(field);
    return this;
  }

  /// Adds the fields of a list after their number, so that a later field cannot count as part of
  /// the list.
  public Frame withAll(List<?> fields) {
    var frame = with(fields.size());
    for (var field : fields) {
      frame = frame.with(field);
    }
    return frame;
  }

  public byte[] toBytes() {
    return bytes.toByteArray();
  }
}
