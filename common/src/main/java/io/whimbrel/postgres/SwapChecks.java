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
        "SELECT 'the capture triggers are gone or changed since the cut-over, so that what was"
            + " written since is not known: export the memories, or restore the backup' WHERE ("
            + CaptureSql.liveTriggers(table)
            + ") <> "
            + CaptureSql.expectedTriggers(table),
        fingerprint(
            table,
            "(SELECT max(statement) FROM "
                + table.qualified(FormatTables.SWAP_STEPS)
                + " WHERE migration_id = "
                + migrationId
                + " AND step = 'FINGERPRINT')"));
  }

  private static String fingerprint(MemoriesTable table, String expected) {
    return "SELECT 'the definition of memories, or something that hangs on it, was changed since it"
        + " was recorded' WHERE "
        + FingerprintSql.expression(table.qualified())
        + " IS DISTINCT FROM "
        + expected;
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
