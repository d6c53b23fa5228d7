// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import java.util.List;

/**
 * The product's SQL without a fence. The statements are changed on their way to the database; what
 * is not SQL is left out by the actors themselves.
 */
final class BrokenSql {

  private static final String COMPLETE = "SET state = 'DONE', upper_key = ?";
  private static final String CLAIM = "SET state = 'CLAIMED', attempt = attempt + 1";
  private static final String RELEASE = "SET state = 'PENDING', worker_id = NULL";
  private static final String NEW_DELTA_RANGE = "VALUES (?, 'DELTA'";
  private static final SqlEdit NOTHING_IS_OPEN =
      new SqlEdit("AND kind IN ('COPY', 'DELTA')", "'PENDING', 'CLAIMED'", "'NEVER'");

  private BrokenSql() {}

  static List<SqlEdit> edits(Mutation mutation) {
    return switch (mutation) {
      case COMPLETE_WITHOUT_ATTEMPT ->
          List.of(new SqlEdit(COMPLETE, "AND attempt = ? AND", "AND ? IS NOT NULL AND"));
      case COMPLETE_WITHOUT_STATE -> List.of(new SqlEdit(COMPLETE, " AND state = 'CLAIMED'", ""));
      case CLAIM_WITHOUT_STATE -> List.of(new SqlEdit(CLAIM, " AND state = 'PENDING'", ""));
      case CLAIM_KEEPS_ATTEMPT ->
          List.of(new SqlEdit(CLAIM, "attempt = attempt + 1", "attempt = 1"));
      case RELEASE_WITHOUT_ATTEMPT ->
          List.of(new SqlEdit(RELEASE, "AND attempt = ?", "AND ? IS NOT NULL"));
      case RELEASE_WITHOUT_STATE -> List.of(new SqlEdit(RELEASE, " AND state = 'CLAIMED'", ""));
      case REAP_WITHOUT_LEASE ->
          List.of(
              new SqlEdit(
                  "LEFT JOIN whimbrel_workers",
                  " AND (w.worker_id IS NULL OR w.lease_until_ms < simulated_now())",
                  ""));
      case PLAN_WITHOUT_EPOCH ->
          List.of(new SqlEdit("SET planned_to = ?", "AND epoch = ?", "AND ? IS NOT NULL"));
      case GUARD_WITHOUT_EPOCH ->
          List.of(new SqlEdit("SET epoch = epoch WHERE", "AND epoch = ?", "AND ? IS NOT NULL"));
      case MOVE_WITHOUT_EPOCH ->
          List.of(
              new SqlEdit("UPDATE whimbrel_migrations SET state = '", "AND epoch = ", "AND 0 <> "));
      case TAKE_LEAD_WITHOUT_EPOCH ->
          List.of(
              new SqlEdit(
                  "SELECT 1 FROM whimbrel_migrations", "AND epoch = ?", "AND ? IS NOT NULL"),
              new SqlEdit("SET epoch = epoch + 1", "AND epoch = ?", "AND ? IS NOT NULL"));
      case SWAP_AFTER_CANCEL ->
          List.of(new SqlEdit("SET state = 'COMPLETED'", " AND cancelled = 0", ""));
      case DRAIN_BY_NUMBER ->
          List.of(
              new SqlEdit(
                  "SELECT DISTINCT",
                  "FROM whimbrel_changes ORDER BY",
                  "FROM whimbrel_changes WHERE rowid > (SELECT highest FROM sim_drained) ORDER"
                      + " BY"));
      case ROUND_BEFORE_THE_LAST_IS_COMMITTED -> List.of(NOTHING_IS_OPEN);
      case TWO_RANGES_FOR_A_KEY ->
          List.of(
              NOTHING_IS_OPEN,
              new SqlEdit(
                  "EXISTS whimbrel_range_keys (",
                  "PRIMARY KEY (migration_id, memory_key)",
                  "PRIMARY KEY (migration_id, memory_key, range_id)"),
              new SqlEdit(
                  "IN (SELECT memory_key FROM whimbrel_range_keys WHERE range_id",
                  "AND memory_key IN",
                  "AND range_id = 0 AND memory_key IN"));
      case NONE,
          DRAIN_IN_TWO_TRANSACTIONS,
          VALUES_FROM_BEFORE_THE_ROUND,
          SWAP_WITHOUT_THE_LOG,
          SWAP_WITH_OPEN_RANGES,
          ROLLBACK_KEEPS_RANGES ->
          List.of();
    };
  }

  /** What the broken product would keep beside its ledger. */
  static List<String> triggers(Mutation mutation) {
    return mutation == Mutation.DRAIN_BY_NUMBER
        ? List.of(
            "CREATE TRIGGER sim_remember_highest AFTER DELETE ON whimbrel_changes BEGIN UPDATE"
                + " sim_drained SET highest = max(highest, OLD.change_id); END")
        : List.of();
  }

  /** Whether a transaction is broken in two before this statement. */
  static boolean splitsBefore(Mutation mutation, String sql) {
    return mutation == Mutation.DRAIN_IN_TWO_TRANSACTIONS && sql.contains(NEW_DELTA_RANGE);
  }
}
