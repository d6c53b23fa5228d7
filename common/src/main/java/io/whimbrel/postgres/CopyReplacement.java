// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.PlacedRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the copy up to date for the keys of one range. Rows go in by COPY; only when one of them
 * meets a value of another row in a unique index they go in one by one, and those that find no
 * place are left to a later round.
 */
final class CopyReplacement {

  private static final String STAGE = "pg_temp.whimbrel_staged";

  private final Connection connection;
  private final MemoriesTable table;
  private final DeltaSql delta;
  private final PlacedRows placed;
  private final String copyTable;

  CopyReplacement(Connection connection, MemoriesTable table, long migrationId) {
    this.connection = connection;
    this.table = table;
    this.delta = new DeltaSql(table, migrationId);
    this.placed = new PlacedRows(table);
    this.copyTable = MemoriesTable.copyTable(migrationId);
  }

  /** Returns how many keys went back into the log. */
  int replace(long rangeId, @Nullable String upTo, List<PlacedRow> rows) throws SQLException {
    Catalog.execute(connection, delta.takeKeys(rangeId, upTo));
    if (rows.isEmpty()) {
      return 0;
    }
    // A constraint that waits for the commit would fail it, and nobody could say which row it was.
    Catalog.execute(connection, "SET CONSTRAINTS ALL IMMEDIATE; SAVEPOINT whimbrel_rows");
    try {
      placed.write(connection, copyTable, rows);
      Catalog.execute(connection, "RELEASE SAVEPOINT whimbrel_rows");
      return 0;
    } catch (SQLException e) {
      if (!SqlStates.isDuplicate(e)) {
        throw e;
      }
      Catalog.execute(connection, "ROLLBACK TO SAVEPOINT whimbrel_rows");
      return insertWhatFits(rows);
    }
  }

  private int insertWhatFits(List<PlacedRow> rows) throws SQLException {
    Catalog.execute(
        connection,
        Quoting.fill(
            "CREATE TEMPORARY TABLE whimbrel_staged ON COMMIT DROP AS SELECT %s FROM %s"
                + " WITH NO DATA",
            placed.columnList(), copyTable));
    placed.write(connection, STAGE, rows);
    Catalog.execute(connection, deferrable() ? insertEach() : insertAll());
    int left = (int) Catalog.count(connection, logWhatIsLeft());
    Catalog.execute(connection, "DROP TABLE " + STAGE);
    return left;
  }

  private boolean deferrable() throws SQLException {
    return Catalog.isTrue(
        connection,
        Quoting.fill(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_index WHERE indrelid = %s::regclass"
                + " AND NOT indimmediate)",
            Quoting.literal(copyTable)));
  }

  private String insertAll() {
    return insert("") + Quoting.fill(" ORDER BY s.%s ON CONFLICT DO NOTHING", table.key());
  }

  private String insert(String condition) {
    return Quoting.fill(
        "INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM %3$s s%4$s",
        copyTable, placed.columnList(), STAGE, condition);
  }

  // ON CONFLICT does not know deferrable constraints.
  private String insertEach() {
    String body =
        Quoting.fill(
            """
        DECLARE place tid;
        BEGIN
          FOR place IN SELECT ctid FROM %s LOOP
            BEGIN
              %s;
            EXCEPTION WHEN unique_violation OR exclusion_violation THEN NULL;
            END;
          END LOOP;
        END""",
            STAGE, insert(" WHERE s.ctid = place"));
    return "DO " + Quoting.literal(body);
  }

  private String logWhatIsLeft() {
    return Quoting.fill(
        "INSERT INTO %1$s (memory_key) SELECT s.%2$s::text FROM %3$s s"
            + " WHERE NOT EXISTS (SELECT FROM %4$s c WHERE c.%2$s = s.%2$s)",
        table.qualified(CaptureSql.LOG), table.key(), STAGE, copyTable);
  }
}
