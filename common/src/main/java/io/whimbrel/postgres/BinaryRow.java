// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One row of a binary COPY: a field count, then each field as its length and bytes. A slice of
 * neighbouring fields can be written back by a binary COPY as it is.
 */
final class BinaryRow {

  private final byte[] message;
  private final int[] starts;

  /**
   * @param offset where the field count stands in the message
   */
  BinaryRow(byte[] message, int offset) {
    this.message = message;
    ByteBuffer buffer = ByteBuffer.wrap(message);
    int fields = buffer.getShort(offset);
    this.starts = new int[fields + 1];
    int position = offset + Short.BYTES;
    for (int field = 0; field < fields; field++) {
      starts[field] = position;
      position += Integer.BYTES + Math.max(0, buffer.getInt(position));
    }
    starts[fields] = position;
  }

  int fields() {
    return starts.length - 1;
  }

  boolean isNull(int field) {
    return length(field) < 0;
  }

  private int length(int field) {
    return ByteBuffer.wrap(message).getInt(starts[field]);
  }

  private int start(int field) {
    return starts[field] + Integer.BYTES;
  }

  byte @Nullable [] bytesOrNull(int field) {
    return isNull(field)
        ? null
        : Arrays.copyOfRange(message, start(field), start(field) + length(field));
  }

  /** Bytes of the whole row as the server sent it. */
  int messageBytes() {
    return message.length;
  }

  byte[] bytes(int field) {
    return Arrays.copyOfRange(message, start(field), start(field) + requireLength(field));
  }

  String text(int field) {
    return new String(message, start(field), requireLength(field), StandardCharsets.UTF_8);
  }

  boolean isTrue(int field) {
    return !isNull(field) && integer(field) != 0;
  }

  /** A boolean or an integer of any width. */
  long integer(int field) {
    ByteBuffer buffer = ByteBuffer.wrap(message);
    return switch (requireLength(field)) {
      case 1 -> buffer.get(start(field));
      case 2 -> buffer.getShort(start(field));
      case 4 -> buffer.getInt(start(field));
      case 8 -> buffer.getLong(start(field));
      default -> throw new IllegalStateException("not an integer: field=" + field);
    };
  }

  private int requireLength(int field) {
    int length = length(field);
    if (length < 0) {
      throw new IllegalStateException("unexpected NULL: field=" + field);
    }
    return length;
  }

  /** Lengths and bytes of the fields from {@code from} up to {@code to}, exclusive. */
  byte[] image(int from, int to) {
    return Arrays.copyOfRange(message, starts[from], starts[to]);
  }
}
