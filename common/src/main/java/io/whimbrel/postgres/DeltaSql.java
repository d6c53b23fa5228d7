// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.keyrange.KeyRange;
import org.jspecify.annotations.Nullable;

/** The statements around changed keys: those of a DELTA range, and those still in the log. */
final class DeltaSql {

  private static final String RANGE_KEYS = "whimbrel_range_keys";
  private static final String FAILURES = "whimbrel_failures";

  private final MemoriesTable table;
  private final long migrationId;

  DeltaSql(MemoriesTable table, long migrationId) {
    this.table = table;
    this.migrationId = migrationId;
  }

  /** A condition: the row's key belongs to the range. */
  String inRange(String alias, long rangeId) {
    return table.keyAmong(
        alias,
        Quoting.fill(
            "SELECT k.memory_key FROM %s k WHERE k.migration_id = %d AND k.range_id = %d",
            table.qualified(RANGE_KEYS), migrationId, rangeId));
  }

  /** Takes keys off a range, with what is written of them: copies and failures. */
  String takeKeys(long rangeId, @Nullable String upTo) {
    String part =
        upTo == null
            ? ""
            : Quoting.fill(" AND %s <= %s", table.keyOf("k.memory_key"), Quoting.literal(upTo));
    return Quoting.fill(
        """
    WITH taken AS (
      DELETE FROM %1$s k WHERE k.migration_id = %2$d AND k.range_id = %3$d%4$s
      RETURNING k.memory_key),
    forgotten AS (
      DELETE FROM %5$s f
      WHERE f.migration_id = %2$d AND f.memory_key = ANY (ARRAY(SELECT memory_key FROM taken)))
    DELETE FROM %6$s c WHERE %7$s""",
        table.qualified(RANGE_KEYS),
        migrationId,
        rangeId,
        part,
        table.qualified(FAILURES),
        MemoriesTable.copyTable(migrationId),
        table.keyAmong("c", "SELECT memory_key FROM taken"));
  }

  /** Deletes copies, and failures, of memories that the legacy table does not have. */
  String deleteOrphans() {
    return Quoting.fill(
        """
    WITH forgotten AS (
      DELETE FROM %1$s f WHERE f.migration_id = %2$d
        AND NOT EXISTS (SELECT FROM %3$s m WHERE m.%4$s = %5$s))
    DELETE FROM %6$s c WHERE NOT EXISTS (SELECT FROM %3$s m WHERE m.%4$s = c.%4$s)""",
        table.qualified(FAILURES),
        migrationId,
        table.qualified(),
        table.key(),
        table.keyOf("f.memory_key"),
        MemoriesTable.copyTable(migrationId));
  }

  /** Bytes of content under the keys of the log. */
  String loggedContentBytes() {
    return Quoting.fill(
        "SELECT coalesce(sum(octet_length(m.content)), 0)::bigint FROM %s m WHERE %s",
        table.qualified(), table.keyAmong("m", logged()));
  }

  private String logged() {
    return "SELECT DISTINCT memory_key FROM " + table.qualified(CaptureSql.LOG);
  }

  /** Keys of a key range that are pending; NULL when all are. */
  String pending(KeyRange keys) {
    String key = table.keyOf("p.memory_key");
    String lower =
        keys.lower() == null
            ? ""
            : Quoting.fill("%s > %s AND ", key, Quoting.literal(keys.lower()));
    return Quoting.fill(
        "SELECT DISTINCT p.memory_key FROM (%s) p WHERE p.memory_key IS NULL OR (%s%s <= %s)",
        allPending(), lower, key, Quoting.literal(keys.upper()));
  }

  private String allPending() {
    return Quoting.fill(
        "SELECT memory_key FROM %s UNION ALL SELECT memory_key FROM %s WHERE migration_id = %d",
        table.qualified(CaptureSql.LOG), table.qualified(RANGE_KEYS), migrationId);
  }

  /** A condition on a row of the copy: nothing that is still to come explains it. */
  String notPending(String alias) {
    return Quoting.fill(
        "NOT EXISTS (SELECT FROM (%s) p WHERE p.memory_key IS NOT NULL AND %s = %s.%s)"
            + " AND NOT EXISTS (SELECT FROM %s WHERE memory_key IS NULL)",
        allPending(),
        table.keyOf("p.memory_key"),
        alias,
        table.key(),
        table.qualified(CaptureSql.LOG));
  }
}
