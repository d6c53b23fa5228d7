// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.metrics.ThrottleReason;
import io.whimbrel.store.Strain;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** One look at the server's own statistics for signs that it suffers. */
final class ServerStrain {

  // What a role may not see comes back as NULL and is no sign. Waits are ours to mend only where a
  // session of ours is what is waited for.
  private static final String LOOK =
      """
      SELECT 'LOCK_WAITS', format('%s sessions wait for locks of the migration', count(*))
      FROM pg_stat_activity a
      WHERE a.datname = current_database() AND a.wait_event_type = 'Lock'
        AND a.application_name <> 'whimbrel'
        AND EXISTS (SELECT FROM pg_stat_activity o
          WHERE o.pid = ANY (pg_blocking_pids(a.pid)) AND o.application_name = 'whimbrel')
      HAVING count(*) > 0
      UNION ALL
      SELECT 'REPLICATION_LAG', format('a replica is %s s behind, over 10 s',
        round(max(extract(epoch FROM replay_lag))))
      FROM pg_stat_replication HAVING max(replay_lag) > interval '10 seconds'
      UNION ALL
      SELECT 'WAL_BACKLOG', format('a replication slot keeps %s of log, over %s',
        pg_size_pretty(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn))),
        pg_size_pretty(:slot_bytes::bigint))
      FROM pg_replication_slots WHERE NOT pg_is_in_recovery()
      HAVING max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) > :slot_bytes
      UNION ALL
      SELECT 'VACUUM', 'the table is being vacuumed'
      FROM pg_stat_progress_vacuum WHERE relid = :table::oid LIMIT 1\
      """;

  /** Log that replicas which are away may make the server keep. */
  private static final long SLOT_BYTES_MAX = 4L << 30;

  private ServerStrain() {}

  static List<Strain> look(Connection connection, MemoriesTable table) throws SQLException {
    return look(connection, table, SLOT_BYTES_MAX);
  }

  static List<Strain> look(Connection connection, MemoriesTable table, long slotBytesMax)
      throws SQLException {
    String query =
        LOOK.replace(":table", Long.toString(table.oid()))
            .replace(":slot_bytes", Long.toString(slotBytesMax));
    List<Strain> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        found.add(new Strain(ThrottleReason.valueOf(row.getString(1)), row.getString(2)));
      }
    }
    return found;
  }
}
