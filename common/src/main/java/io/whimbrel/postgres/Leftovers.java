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
    ownNames(connection, table, ledger || !pointers.isEmpty());
    CopySchemas.refuseForeign(connection, table);
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

  // What has a name of ours and is not ours would be written to, left behind or dropped.
  private static void ownNames(Connection connection, MemoriesTable table, boolean known)
      throws SQLException {
    String foreign =
        FOREIGN.replace(":table", table.oid() + "::oid").replace(":known", Boolean.toString(known));
    List<String> names = Catalog.texts(connection, foreign);
    if (!names.isEmpty()) {
      throw new StoreRefusedException(
          String.join(", ", names)
              + " has a name that only a migration gives, and no migration recorded it: rename it,"
              + " or drop it if a migration that stopped half-way left it");
    }
  }

  private static final String FOREIGN =
      """
      SELECT format('the table %s', c.relname) FROM pg_class c
      JOIN (VALUES ('memory_segments', ARRAY['segment_id', 'dictionary_id', 'raw_size', 'body']),
        ('memory_dictionaries', ARRAY['dictionary_id', 'trained_on', 'body'])) own (name, columns)
        ON own.name = c.relname
      WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = :table)
        AND NOT (:known AND own.columns <@ ARRAY(SELECT attname::text FROM pg_attribute
          WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped))
      UNION ALL
      SELECT format('the relation %s', c.relname) FROM pg_class c
      WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = :table)
        AND starts_with(c.relname, 'whimbrel_') AND NOT :known
      UNION ALL
      SELECT format('the index %s', x.relname) FROM pg_index i
      JOIN pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = :table AND starts_with(x.relname, 'whimbrel_') AND :known
      UNION ALL
      SELECT format('the trigger %s', g.tgname) FROM pg_trigger g
      JOIN pg_proc p ON p.oid = g.tgfoid
      WHERE g.tgrelid = :table AND starts_with(g.tgname, 'whimbrel_') AND NOT g.tgisinternal
        AND NOT starts_with(p.proname, 'whimbrel_capture_')""";
}
