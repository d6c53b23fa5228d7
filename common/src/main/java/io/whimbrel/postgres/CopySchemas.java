// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.StoreRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Whose the schemas of a migration are. Two stores of one database, in schemas of their own, count
 * their migrations apart and so come to the same schema names; a remark on the schema tells which
 * store's it is. The second store has to wait.
 */
final class CopySchemas {

  private static final String REMARK = "Whimbrel: ";

  private CopySchemas() {}

  static String remark(MemoriesTable table) {
    return REMARK + table.qualified();
  }

  /** Whether the schema is there and belongs to another store. */
  static boolean isForeign(Connection connection, MemoriesTable table, String schema)
      throws SQLException {
    return !owners(connection, table, "nspname = " + Quoting.literal(schema)).isEmpty();
  }

  /**
   * Refuses a store while another one of this database has schemas of a migration.
   *
   * @throws StoreRefusedException with the other store's name
   */
  static void refuseForeign(Connection connection, MemoriesTable table) throws SQLException {
    List<String> foreign = owners(connection, table, "nspname ~ '^whimbrel_m[0-9]+(_legacy)?$'");
    if (!foreign.isEmpty()) {
      throw new StoreRefusedException(
          "another store of this database, "
              + foreign.get(0)
              + ", has a migration that is not finished or whose legacy table is kept: one at a"
              + " time; finalize that one, or roll it back");
    }
  }

  private static List<String> owners(Connection connection, MemoriesTable table, String which)
      throws SQLException {
    return Catalog.texts(
        connection,
        "SELECT DISTINCT substring(d FROM "
            + (REMARK.length() + 1)
            + ") FROM pg_catalog.pg_namespace n, pg_catalog.obj_description(n.oid, 'pg_namespace')"
            + " d WHERE "
            + which
            + " AND starts_with(d, '"
            + REMARK
            + "') AND d <> "
            + Quoting.literal(remark(table))
            + " ORDER BY 1");
  }
}
