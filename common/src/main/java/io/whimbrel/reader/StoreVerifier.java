// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.ledger.LedgerSchema;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationLedger;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.legacy.ContentProblem;
import io.whimbrel.reader.Dialect.RetainedTable;
import io.whimbrel.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checks a whole store in any form: every segment is unpacked, every pointer followed and summed,
 * every other content decoded, and the keys of a retained legacy table are looked for. Stateless.
 */
public final class StoreVerifier {

  /**
   * Verifies one snapshot of the store.
   *
   * @throws MemoryReadException when the database fails
   */
  public StoreVerification verify(MemoryReader reader) {
    return reader
        .snapshots()
        .run(
            snapshot -> {
              Findings findings = new Findings();
              SegmentCheck segments = new SegmentCheck(snapshot, reader.loader(), findings);
              if (snapshot.layout().hasPointers()) {
                segments.run();
              }
              decodeInline(reader, snapshot, findings);
              OptionalLong retained = findLost(reader.store(), snapshot, findings);
              return new StoreVerification(
                  findings.memories(),
                  findings.digest().toString(),
                  findings.forms(),
                  findings.warnings(),
                  findings.faults(),
                  segments.segments(),
                  segments.unusedSegments(),
                  segments.unusedSegmentBytes(),
                  segments.deadBytes(),
                  retained,
                  findings.kept());
            });
  }

  private static void decodeInline(MemoryReader reader, Snapshot snapshot, Findings findings)
      throws SQLException {
    try (WalkSnapshots walk = new WalkSnapshots(snapshot, reader.snapshots())) {
      String after = null;
      List<MemoryRow> rows;
      do {
        rows =
            snapshot.inlinePage(after, MemoryReader.PAGE_ROWS, MemoryReader.PAGE_CONTENT_BYTES_MAX);
        for (MemoryRow row : rows) {
          after = row.key();
          MemoryContent content = reader.loader().load(row, walk);
          findings.memory(content.form());
          findings.digest().add(row.key(), content.utf8());
          ContentProblem problem = content.problem();
          if (problem != null) {
            findings.problem(problem, row.key(), content.detail());
          }
        }
      } while (rows.size() == MemoryReader.PAGE_ROWS);
    }
  }

  private static OptionalLong findLost(Store store, Snapshot snapshot, Findings findings)
      throws SQLException {
    Optional<RetainedTable> retained = latestRetained(store, snapshot);
    boolean hasLog =
        snapshot
            .sql()
            .dialect()
            .hasTable(snapshot.connection(), snapshot.sql().qualifier(), RowSql.CHANGES);
    if (retained.isEmpty() || (hasLog && wasTruncated(snapshot))) {
      return OptionalLong.empty();
    }
    try (PreparedStatement select =
        snapshot
            .connection()
            .prepareStatement(snapshot.sql().lostKeys(retained.get().quotedName(), hasLog))) {
      select.setFetchSize(MemoryReader.PAGE_ROWS);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          findings.fault(
              StoreFault.LOST_MEMORY,
              snapshot.sql().dialect().key(row, 1, snapshot.layout().keyType()),
              null,
              "only in " + retained.get().quotedName());
        }
      }
    }
    return OptionalLong.of(retained.get().migrationId());
  }

  private static boolean wasTruncated(Snapshot snapshot) throws SQLException {
    try (PreparedStatement select =
            snapshot.connection().prepareStatement(snapshot.sql().truncated());
        ResultSet row = select.executeQuery()) {
      return row.next();
    }
  }

  /** The legacy table that the latest completed migration of this store has kept. */
  private static Optional<RetainedTable> latestRetained(Store store, Snapshot snapshot)
      throws SQLException {
    Connection connection = snapshot.connection();
    List<RetainedTable> tables = snapshot.sql().dialect().retainedTables(connection);
    boolean hasLedger = new LedgerSchema(store.dialect(), store.qualifier()).exists(connection);
    MigrationLedger ledger = new MigrationLedger(store.dialect(), store.qualifier());
    for (RetainedTable table :
        tables.stream()
            .sorted(Comparator.comparingLong(RetainedTable::migrationId).reversed())
            .toList()) {
      // One database may hold several stores, each with tables of its own migrations.
      Optional<Migration> migration =
          hasLedger ? ledger.find(connection, table.migrationId()) : Optional.empty();
      if (!hasLedger || migration.map(Migration::state).orElse(null) == MigrationState.COMPLETED) {
        return Optional.of(table);
      }
    }
    return Optional.empty();
  }
}
