// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.format.Pointer;
import io.whimbrel.store.KeyType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A forward walk over live pointers, those of one segment together and by offset. */
final class PointerWalk implements AutoCloseable {

  private static final int ROWS_AT_ONCE = 1_000;

  private final KeyType keyType;
  private final Dialect dialect;
  private final PreparedStatement select;
  private final ResultSet rows;
  private boolean hasRow;

  PointerWalk(Snapshot snapshot) throws SQLException {
    this.keyType = snapshot.layout().keyType();
    this.dialect = snapshot.sql().dialect();
    this.select = snapshot.connection().prepareStatement(snapshot.sql().pointers());
    select.setFetchSize(ROWS_AT_ONCE);
    this.rows = select.executeQuery();
    this.hasRow = rows.next();
  }

  boolean hasRow() {
    return hasRow;
  }

  void next() throws SQLException {
    hasRow = rows.next();
  }

  String key() throws SQLException {
    return dialect.key(rows, 1, keyType);
  }

  /** The segment as written in the row, which may be anything. */
  long segmentId() throws SQLException {
    return rows.getLong(2);
  }

  /** The pointer, or null when it is incomplete or leads nowhere. */
  @Nullable Pointer pointer() throws SQLException {
    return Snapshot.pointer(rows, 2);
  }

  @Override
  public void close() throws SQLException {
    rows.close();
    select.close();
  }
}
