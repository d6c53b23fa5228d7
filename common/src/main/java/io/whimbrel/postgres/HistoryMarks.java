// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Places in the history of transactions, by transaction id and not by the clock. A snapshot is
 * called older than a mark when a transaction from before it was still running as the snapshot was
 * taken: it may then not see what was committed before the mark.
 */
final class HistoryMarks {

  // Ids of running transactions have 32 bits: each stands for the id nearest to the present one.
  private static final String OLDER =
      """
      SELECT (SELECT count(*) FROM pg_catalog.pg_stat_activity a
          WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
            AND a.application_name <> current_setting('application_name')
            AND a.backend_type NOT IN ('autovacuum worker', 'walsender')
            AND %1$s < %2$d)
        + (SELECT count(*) FROM pg_catalog.pg_prepared_xacts p
          WHERE p.database = current_database() AND %3$s < %2$d)
      FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_id) now""";

  private HistoryMarks() {}

  static long now(Connection connection) throws SQLException {
    return Catalog.number(
        connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
  }

  static int olderThan(Connection connection, long mark) throws SQLException {
    return (int)
        Catalog.number(
            connection, Quoting.fill(OLDER, full("a.backend_xmin"), mark, full("p.transaction")));
  }

  private static String full(String id) {
    return Quoting.fill(
        "(now.next_id + ((%s::text::bigint - now.next_id + 2147483648) & 4294967295) - 2147483648)",
        id);
  }
}
