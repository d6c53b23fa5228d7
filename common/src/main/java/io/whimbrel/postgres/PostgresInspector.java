// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.Column;
import io.whimbrel.store.Inspection;
import io.whimbrel.store.StoreInspector;
import io.whimbrel.store.StoreSizes;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at a store in one snapshot, from the catalog alone where that is enough. */
final class PostgresInspector implements StoreInspector {

  private final PostgresStore store;

  PostgresInspector(PostgresStore store) {
    this.store = store;
  }

  @Override
  public Inspection inspect() throws SQLException {
    return store.read(this::inspect);
  }

  private Inspection inspect(Connection connection) throws SQLException {
    Refusals.checkRelation(connection, store.qualifier() + MemoriesTable.table());
    MemoriesTable table = store.table(connection);
    Catalog.execute(connection, Catalog.QUALIFY_NAMES);
    Leftovers.check(connection, table);
    Refusals.checkAll(connection, table, store.serverMajor());
    Rights.check(connection, table);
    StoreSizes sizes = sizes(connection, table);
    // The copy with its segments, and their WAL: each at most as large as what there is.
    long needed = 2 * sizes.memories();
    return new Inspection(
        table.layout(),
        layoutName(table.layout()),
        rows(connection, table),
        sizes,
        InspectionTexts.facts(connection, table),
        InspectionTexts.warnings(connection, table),
        needed,
        new DataDirectory(store.source()).find(connection));
  }

  private static long rows(Connection connection, MemoriesTable table) throws SQLException {
    long estimate =
        Catalog.number(
            connection,
            "SELECT CASE WHEN reltuples > 0 AND relpages > 0 THEN (reltuples / relpages"
                + " * (pg_relation_size(oid) / current_setting('block_size')::int))::bigint"
                + " ELSE -1 END FROM pg_class WHERE oid = "
                + table.oid());
    return estimate >= 0
        ? estimate
        : Catalog.number(connection, "SELECT count(*) FROM " + table.qualified());
  }

  static String layoutName(TableLayout layout) {
    Set<String> names =
        layout.columns().stream().map(Column::name).collect(Collectors.toUnmodifiableSet());
    if (names.contains("importance") && !names.contains("owner_id")) {
      return "S";
    }
    if (names.contains("owner_id")) {
      return layout.hasFlag() ? "G3" : "G2";
    }
    return layout.hasFlag()
        ? "G3"
        : "memories(" + String.join(", ", new ArrayList<>(layout.applicationColumns())) + ")";
  }

  @Override
  public StoreSizes sizes() throws SQLException {
    return store.read(connection -> sizes(connection, store.table(connection)));
  }

  private static StoreSizes sizes(Connection connection, MemoriesTable table) throws SQLException {
    long memories = size(connection, table.qualified());
    if (table.layout().hasPointers()) {
      // Segments are the table's values, kept in another place.
      for (String part : List.of(TableLayout.SEGMENTS_TABLE, TableLayout.DICTIONARIES_TABLE)) {
        memories += size(connection, table.qualified(part));
      }
    }
    return new StoreSizes(
        Catalog.number(connection, "SELECT pg_database_size(current_database())"), memories);
  }

  private static long size(Connection connection, String qualifiedTable) throws SQLException {
    return Catalog.number(
        connection,
        "SELECT coalesce(pg_total_relation_size(to_regclass("
            + Quoting.literal(qualifiedTable)
            + ")), 0)");
  }

  @Override
  public String fingerprint() throws SQLException {
    return store.read(
        connection -> {
          MemoriesTable table = store.table(connection);
          Catalog.execute(connection, Catalog.QUALIFY_NAMES);
          return Catalog.texts(connection, "SELECT " + FingerprintSql.expression(table.qualified()))
              .get(0);
        });
  }
}
