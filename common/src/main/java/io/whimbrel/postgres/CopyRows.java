// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The rows of a query as binary COPY sends them, one message a row, never more than one held. */
final class CopyRows implements AutoCloseable {

  private static final int SIGNATURE_BYTES = 11;
  private static final short TRAILER = -1;

  private final CopyOut copy;
  private boolean headerRead;

  CopyRows(Connection connection, String query) throws SQLException {
    this.copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)");
  }

  /** The next row; null after the last. */
  @Nullable BinaryRow next() throws SQLException {
    while (true) {
      byte[] message = copy.isActive() ? copy.readFromCopy() : null;
      if (message == null) {
        return null;
      }
      int offset = headerRead ? 0 : headerBytes(message);
      headerRead = true;
      // The header comes alone or in front of the first row, as the server likes.
      if (message.length > offset && ByteBuffer.wrap(message).getShort(offset) != TRAILER) {
        return new BinaryRow(message, offset);
      }
    }
  }

  private static int headerBytes(byte[] message) {
    int extension = ByteBuffer.wrap(message).getInt(SIGNATURE_BYTES + Integer.BYTES);
    return SIGNATURE_BYTES + 2 * Integer.BYTES + extension;
  }

  /**
   * Reads what is left, which the range bounds: the driver's own way of calling a COPY off leaves
   * its connection unusable.
   */
  @Override
  public void close() throws SQLException {
    while (copy.isActive() && copy.readFromCopy() != null) {
      // Each message is dropped as it comes.
    }
  }
}
