// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The SQLSTATE codes that decide what happens next. */
final class SqlStates {

  static final String LOCK_NOT_AVAILABLE = "55P03";
  static final String DEADLOCK = "40P01";
  static final String SERIALIZATION = "40001";
  static final String QUERY_CANCELED = "57014";
  static final String DEPENDENTS_EXIST = "2BP01";

  private static final Set<String> DUPLICATES = Set.of("23505", "23P01");

  /** Raised by our own swap: a check under the lock failed. */
  static final String REFUSED = "WB001";

  /** Raised by our own swap: a guarded ledger update did not hit exactly one row. */
  static final String FENCED = "WB002";

  /** Raised by our own swap: more was written meanwhile than is carried under the lock. */
  static final String TOO_MUCH = "WB003";

  private static final Set<String> LOCK_STATES = Set.of(LOCK_NOT_AVAILABLE, DEADLOCK);

  private SqlStates() {}

  /** Whether the statement gave way to somebody else's lock and may simply be tried again. */
  static boolean isLock(SQLException e) {
    return e.getSQLState() != null && LOCK_STATES.contains(e.getSQLState());
  }

  /** Whether a row met a value of another row in a unique index or an exclusion constraint. */
  static boolean isDuplicate(SQLException e) {
    return e.getSQLState() != null && DUPLICATES.contains(e.getSQLState());
  }

  /**
   * What the server says beside its message, such as the objects that stand in the way. Of a row it
   * would quote the values: only for errors that are not about rows.
   */
  static String detail(SQLException e) {
    ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    String detail = server == null ? null : server.getDetail();
    return String.valueOf(detail == null ? e.getMessage() : detail).replace("\n", ", ");
  }

  /** Whether a snapshot was too old for what it met; a new one may do. */
  static boolean isSerialization(SQLException e) {
    return SERIALIZATION.equals(e.getSQLState());
  }
}
