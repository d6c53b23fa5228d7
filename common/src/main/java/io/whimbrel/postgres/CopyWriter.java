// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Writes rows by binary COPY. Closing without {@link #finish} calls the COPY off. */
final class CopyWriter implements AutoCloseable {

  private static final byte[] SIGNATURE =
      "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int BUFFER_BYTES = 64 * 1024;

  private final CopyIn copy;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  /**
   * @param target table and column list
   */
  CopyWriter(Connection connection, String target) throws SQLException {
    this.copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY " + target + " FROM STDIN (FORMAT binary)");
    buffer.put(SIGNATURE).putInt(0).putInt(0);
  }

  void startRow(int fields) throws SQLException {
    room(Short.BYTES).putShort((short) fields);
  }

  void writeNull() throws SQLException {
    room(Integer.BYTES).putInt(-1);
  }

  void write(int value) throws SQLException {
    room(2 * Integer.BYTES).putInt(Integer.BYTES).putInt(value);
  }

  void write(long value) throws SQLException {
    room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(value);
  }

  /** A flag in the column's own type. */
  void writeFlag(boolean value, String type) throws SQLException {
    int flag = value ? 1 : 0;
    switch (type) {
      case "bool" -> room(Integer.BYTES + 1).putInt(1).put((byte) flag);
      case "int2" -> room(Integer.BYTES + Short.BYTES).putInt(Short.BYTES).putShort((short) flag);
      case "int4" -> write(flag);
      case "int8" -> write((long) flag);
      default -> throw new IllegalArgumentException("not a flag type: " + type);
    }
  }

  void write(byte[] value) throws SQLException {
    room(Integer.BYTES).putInt(value.length);
    writeFields(value);
  }

  /** Fields in their binary form, lengths included. */
  void writeFields(byte[] image) throws SQLException {
    if (image.length <= buffer.remaining()) {
      buffer.put(image);
      return;
    }
    flush();
    copy.writeToCopy(image, 0, image.length);
  }

  private ByteBuffer room(int bytes) throws SQLException {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  private void flush() throws SQLException {
    copy.writeToCopy(buffer.array(), 0, buffer.position());
    buffer.clear();
  }

  /** Ends the COPY; the server has then taken every row. */
  long finish() throws SQLException {
    room(Short.BYTES).putShort((short) -1);
    flush();
    return copy.endCopy();
  }

  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
