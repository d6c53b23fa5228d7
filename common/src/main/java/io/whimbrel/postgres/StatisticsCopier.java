// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.sql.SQLException;

/** Extended statistics of the original, built on the copy under their own names. */
final class StatisticsCopier {

  private static final String DEFINITIONS =
      """
      SELECT replace(replace(pg_get_statisticsobjdef(x.oid),
        format('CREATE STATISTICS %%I.%%I', n.nspname, x.stxname),
        format('CREATE STATISTICS %%I.%%I', %1$s, x.stxname)),
        format(' FROM %%I.%%I', t.nspname, c.relname), format(' FROM %%I.%%I', %1$s, c.relname))
      FROM pg_statistic_ext x
      JOIN pg_namespace n ON n.oid = x.stxnamespace
      JOIN pg_class c ON c.oid = x.stxrelid
      JOIN pg_namespace t ON t.oid = c.relnamespace
      WHERE x.stxrelid = %2$d AND NOT EXISTS (SELECT FROM pg_statistic_ext y
        JOIN pg_namespace m ON m.oid = y.stxnamespace
        WHERE m.nspname = %1$s AND y.stxname = x.stxname)""";

  private final MemoriesTable table;
  private final long migrationId;

  StatisticsCopier(MemoriesTable table, long migrationId) {
    this.table = table;
    this.migrationId = migrationId;
  }

  void copy(PostgresStore store) throws SQLException {
    store.write(
        connection -> {
          Catalog.execute(connection, Catalog.QUALIFY_NAMES);
          String schema = Quoting.literal(MemoriesTable.copySchema(migrationId));
          Catalog.execute(
              connection,
              Catalog.texts(connection, Quoting.fill(DEFINITIONS, schema, table.oid())));
          return true;
        });
  }
}
