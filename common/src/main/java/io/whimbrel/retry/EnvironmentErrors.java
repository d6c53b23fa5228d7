// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.retry;

import io.whimbrel.metrics.RetryCause;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells errors of the environment from errors of the data, by code and never by message. */
public final class EnvironmentErrors {

  private EnvironmentErrors() {}

  /** The cause to retry for, or empty when a retry cannot help. */
  public static Optional<RetryCause> cause(Throwable error) {
    for (Throwable at = error; at != null; at = at.getCause()) {
      if (at instanceof SQLiteException sqlite) {
        return ofSqlite(sqlite);
      }
      if (at instanceof SQLException sql) {
        Optional<RetryCause> cause = ofState(sql);
        if (cause.isPresent() || at.getCause() == null) {
          return cause;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<RetryCause> ofSqlite(SQLiteException e) {
    return switch (SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff)) {
      case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL -> Optional.of(RetryCause.LOCK_TIMEOUT);
      case SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_CANTOPEN ->
          Optional.of(RetryCause.RESOURCES);
      case SQLITE_INTERRUPT -> Optional.of(RetryCause.CONNECTION);
      default -> Optional.empty();
    };
  }

  private static Optional<RetryCause> ofState(SQLException e) {
    String state = e.getSQLState();
    if (state == null) {
      return e instanceof SQLTransientException
          ? Optional.of(RetryCause.CONNECTION)
          : Optional.empty();
    }
    // Class 25: the session is not in the state it was left in, such as read-only after a failover.
    if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("25")) {
      return Optional.of(RetryCause.CONNECTION);
    }
    if (state.equals("40001") || state.equals("40P01")) {
      return Optional.of(RetryCause.CONFLICT);
    }
    if (state.equals("55P03") || state.equals("57014")) {
      return Optional.of(RetryCause.LOCK_TIMEOUT);
    }
    if (state.startsWith("53") || state.startsWith("58")) {
      return Optional.of(RetryCause.RESOURCES);
    }
    return e instanceof SQLTransientException
        ? Optional.of(RetryCause.CONNECTION)
        : Optional.empty();
  }
}
