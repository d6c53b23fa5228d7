// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.sql.SQLException;
import org.sqlite.SQLiteException;

/** What an error says of the statement that met it. */
final class SqlErrors {

  private static final int SQLITE_IO_ERROR = 10;

  private SqlErrors() {}

  /** Whether nothing was written for certain; else it may have been. */
  static boolean isCertain(SQLException e) {
    if (e instanceof SQLiteException sqlite) {
      return (sqlite.getResultCode().code & 0xFF) != SQLITE_IO_ERROR;
    }
    String state = e.getSQLState();
    return state != null
        && !state.startsWith("08")
        && !state.startsWith("57P")
        && !state.startsWith("XX")
        && !state.equals("40003");
  }

  /** A word for the kind of error. */
  static String state(SQLException e) {
    if (e instanceof SQLiteException sqlite) {
      return sqlite.getResultCode().name();
    }
    String state = e.getSQLState();
    return state == null || state.isEmpty() ? "none" : state;
  }
}
