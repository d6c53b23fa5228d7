// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.Column;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** Signs of a migration that nobody's ledger knows: a person must say whose they are. */
final class Leftovers {

  private static final Set<String> POINTERS =
      Set.of(TableLayout.SEGMENT, TableLayout.OFFSET, TableLayout.LENGTH, TableLayout.CRC32C);

  private Leftovers() {}

  static void check(Connection connection, MemoriesTable table) throws SQLException {
    List<String> pointers =
        table.layout().columns().stream().map(Column::name).filter(POINTERS::contains).toList();
    boolean segments = Catalog.exists(connection, table.qualified(TableLayout.SEGMENTS_TABLE));
    if (!pointers.isEmpty() && (!table.layout().hasPointers() || !segments)) {
      throw new StoreRefusedException(
          "somebody's half-done migration: memories has the columns "
              + String.join(", ", pointers)
              + (segments ? " but not all of them" : " but there is no table memory_segments"));
    }
    boolean ledger = Catalog.exists(connection, table.qualified("whimbrel_migrations"));
    if (segments && pointers.isEmpty() && !ledger) {
      throw new StoreRefusedException(
          "a table memory_segments exists that no migration recorded: rename it or drop it first");
    }
    List<String> schemas =
        Catalog.texts(
            connection,
            "SELECT nspname FROM pg_catalog.pg_namespace n WHERE nspname ~"
                + " '^whimbrel_m[0-9]+(_legacy)?$'"
                + (ledger
                    ? " AND NOT EXISTS (SELECT FROM "
                        + table.qualified("whimbrel_migrations")
                        + " g WHERE g.migration_id = substring(n.nspname FROM '[0-9]+')::bigint)"
                    : ""));
    if (!schemas.isEmpty()) {
      throw new StoreRefusedException(
          "schemas of a migration that is not in the ledger are in the way: "
              + String.join(", ", schemas)
              + "; look at them, then drop them");
    }
  }
}
