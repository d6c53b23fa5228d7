// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.TableLayout;
import java.util.List;

/** What is checked under the lock of a swap; each query answers with a text when it fails. */
final class SwapChecks {

  private SwapChecks() {}

  static List<String> forward(MemoriesTable table, long migrationId, String fingerprint) {
    return List.of(
        "SELECT 'the capture triggers are not as they were installed: changes may be missing from"
            + " the copy, which has to start over' WHERE ("
            + CaptureSql.liveTriggers(table)
            + ") <> "
            + CaptureSql.expectedTriggers(table),
        fingerprint(table, Quoting.literal(fingerprint)),
        "SELECT format('%s ranges are not finished', count(*)) FROM "
            + table.qualified("whimbrel_ranges")
            + " WHERE migration_id = "
            + migrationId
            + " AND state IN ('PENDING', 'CLAIMED') HAVING count(*) > 0",
        "SELECT format('%s changed keys are in no range', count(*)) FROM "
            + table.qualified("whimbrel_range_keys")
            + " WHERE migration_id = "
            + migrationId
            + " HAVING count(*) > 0");
  }

  static List<String> back(MemoriesTable table, long migrationId) {
    return List.of(
        fingerprint(
            table,
            "(SELECT max(statement) FROM "
                + table.qualified(FormatTables.SWAP_STEPS)
                + " WHERE migration_id = "
                + migrationId
                + " AND step = 'FINGERPRINT')"),
        changedSinceCutOver(table, migrationId));
  }

  private static String fingerprint(MemoriesTable table, String expected) {
    return "SELECT 'the definition of memories, or something that hangs on it, was changed since it"
        + " was recorded' WHERE "
        + FingerprintSql.expression(table.qualified())
        + " IS DISTINCT FROM "
        + expected;
  }

  /**
   * The first memory that differs from what the cut-over brought: a packed one must still point
   * into a segment of this migration's copy, an inline one must hold the legacy row's bytes.
   */
  static String changedSinceCutOver(MemoriesTable table, long migrationId) {
    String legacy = Quoting.identifier(MemoriesTable.legacySchema(migrationId));
    return Quoting.fill(
        """
    SELECT format('memory %%s was written after the cut-over, and going back would lose that',
      coalesce(n.%1$s::text, l.%1$s::text))
    FROM %2$s n FULL JOIN %3$s.memories l ON l.%1$s = n.%1$s
    WHERE n.%1$s IS NULL OR l.%1$s IS NULL OR NOT %4$s OR NOT CASE
      WHEN n.content IS NOT NULL OR n.content_segment IS NULL THEN %5$s
      ELSE n.content_segment >> 20 IN (SELECT r.range_id FROM %6$s r
        WHERE r.migration_id = %7$d AND r.kind = 'COPY') AND %8$s END
    LIMIT 1""",
        table.key(),
        table.qualified(),
        legacy,
        ComparisonSql.equal(table.layout().carriedColumns(), "n", "l"),
        ComparisonSql.equal(table.inlineColumns(), "n", "l"),
        table.qualified("whimbrel_ranges"),
        migrationId,
        // A flag that the migration added is nothing that the application could have changed.
        table.flagType() == null ? "true" : table.flagged("n"));
  }

  /** The legacy table's own view of its columns is what counts on the way back. */
  static MemoriesTable asLegacy(MemoriesTable serving, MemoriesTable legacy) {
    TableLayout kept = legacy.layout();
    TableLayout layout =
        new TableLayout(
            serving.layout().schema(),
            kept.table(),
            kept.keyColumn(),
            kept.keyType(),
            kept.columns(),
            kept.hasFlag(),
            kept.hasSize(),
            kept.hasPointers(),
            serving.layout().hasChunks());
    return new MemoriesTable(
        layout,
        serving.oid(),
        legacy.keyCollation(),
        legacy.contentType(),
        legacy.flagType(),
        legacy.sizeReadable(),
        serving.chunks());
  }
}
