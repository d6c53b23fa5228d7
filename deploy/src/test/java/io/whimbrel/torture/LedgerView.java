// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.ledger.LedgerSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * What the ledger says of the newest migration.
 *
 * @param state {@link #UNTOUCHED} when there is none
 * @param settled whether the steps after the swap are done
 */
record LedgerView(String state, boolean settled, String reason) {

  /** No migration has begun. */
  static final String UNTOUCHED = "UNTOUCHED";

  private static final Set<String> UNDONE = Set.of("ROLLED_BACK", UNTOUCHED);

  static LedgerView of(TortureStore store) throws SQLException {
    try (Connection connection = store.connect()) {
      boolean exists =
          !TortureStore.texts(
                  connection,
                  store instanceof SqliteTorture
                      ? "SELECT name FROM sqlite_master WHERE name = 'whimbrel_migrations'"
                      : "SELECT relname FROM pg_class WHERE relname = 'whimbrel_migrations'")
              .isEmpty();
      if (!exists) {
        return new LedgerView(UNTOUCHED, false, "");
      }
      String newest = " FROM whimbrel_migrations ORDER BY migration_id DESC LIMIT 1";
      List<String> state = TortureStore.texts(connection, "SELECT state" + newest);
      if (state.isEmpty()) {
        return new LedgerView(UNTOUCHED, false, "");
      }
      String facts = TortureStore.texts(connection, "SELECT facts" + newest).get(0);
      String reason = TortureStore.texts(connection, "SELECT coalesce(reason, '')" + newest).get(0);
      return new LedgerView(state.get(0), facts.contains("\"settled\":true"), reason);
    }
  }

  /** Whether `migrate` has nothing left to do. */
  boolean isOver() {
    return state.equals("ROLLED_BACK") || state.equals("FAILED") || (isCompleted() && settled);
  }

  boolean isCompleted() {
    return state.equals("COMPLETED");
  }

  boolean isUndone() {
    return UNDONE.contains(state);
  }

  boolean isToBeUndone() {
    return !isUndone();
  }

  /** Whether a name of a table, index or sequence belongs to what stays after a rollback. */
  static boolean isOfTheLedger(String name) {
    return LedgerSchema.TABLES.stream()
        .anyMatch(table -> name.matches(".*\\b(sqlite_autoindex_)?" + table + "(_.*)?"));
  }
}
