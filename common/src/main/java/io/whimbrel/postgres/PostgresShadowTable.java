// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.format.Dictionary;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.ShadowTable;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The shadow copy in a schema of its own, and its swaps by {@code SET SCHEMA}. */
final class PostgresShadowTable implements ShadowTable {

  private static final Duration CUT_OVER_WORK = Duration.ofSeconds(30);

  // The way back compares both tables under the lock.
  private static final Duration SWAP_BACK_WORK = Duration.ofMinutes(10);

  private final PostgresStore store;

  PostgresShadowTable(PostgresStore store) {
    this.store = store;
  }

  @Override
  public void create(long migrationId) throws SQLException {
    MemoriesTable table = store.table();
    new LockRetry(store)
        .run(
            "create the copy",
            connection -> {
              FormatTables.create(connection, table);
              if (!table.layout().hasPointers()) {
                new CopyDefinition(table, migrationId).create(connection);
              }
              return true;
            });
    new ChunkIndex(store).create(table);
  }

  @Override
  public void insertDictionary(Connection connection, int dictionaryId, int trainedOn, byte[] body)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + store.qualifier()
                + TableLayout.DICTIONARIES_TABLE
                + " (dictionary_id, trained_on, body) VALUES (?, ?, ?)")) {
      insert.setInt(1, dictionaryId);
      insert.setInt(2, trainedOn);
      insert.setBytes(3, body);
      insert.executeUpdate();
    }
  }

  @Override
  public int nextDictionaryId(Connection connection) throws SQLException {
    return Math.toIntExact(
        Catalog.number(
            connection,
            "SELECT coalesce(max(dictionary_id), 0) + 1 FROM "
                + store.qualifier()
                + TableLayout.DICTIONARIES_TABLE));
  }

  @Override
  public @Nullable Dictionary loadDictionary(int dictionaryId) throws SQLException {
    return store.read(connection -> loadDictionary(connection, dictionaryId)).orElse(null);
  }

  private Optional<Dictionary> loadDictionary(Connection connection, int dictionaryId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT body FROM "
                + store.qualifier()
                + TableLayout.DICTIONARIES_TABLE
                + " WHERE dictionary_id = ?")) {
      select.setInt(1, dictionaryId);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Dictionary(dictionaryId, row.getBytes(1)))
            : Optional.empty();
      }
    }
  }

  @Override
  public boolean index(long migrationId) throws SQLException {
    MemoriesTable table = store.table();
    IndexCopier indexes = new IndexCopier(table, MemoriesTable.copySchema(migrationId));
    try {
      boolean more = true;
      while (more) {
        more = store.write(indexes::copyNext);
      }
    } catch (SQLException e) {
      if (SqlStates.isDuplicate(e)) {
        return false;
      }
      throw e;
    }
    new StatisticsCopier(table, migrationId).copy(store);
    tidy(migrationId);
    return true;
  }

  @Override
  public void tidy(long migrationId) throws SQLException {
    try (Connection connection = store.source().openDirect()) {
      // Without statistics and visibility map the application's first queries would crawl.
      Catalog.execute(connection, "VACUUM (ANALYZE) " + MemoriesTable.copyTable(migrationId));
      Catalog.execute(
          connection, "VACUUM (ANALYZE) " + store.qualifier() + TableLayout.SEGMENTS_TABLE);
    }
  }

  @Override
  public long deleteOrphanCopies(Connection connection, long migrationId) throws SQLException {
    return Catalog.count(
        connection, new DeltaSql(store.table(connection), migrationId).deleteOrphans());
  }

  @Override
  public long pendingContentBytes(Connection connection) throws SQLException {
    return Catalog.number(
        connection, new DeltaSql(store.table(connection), 0).loggedContentBytes());
  }

  @Override
  public long count(long migrationId) throws SQLException {
    return store.read(
        connection ->
            Catalog.number(
                connection, "SELECT count(*) FROM " + MemoriesTable.copyTable(migrationId)));
  }

  @Override
  public void cutOver(
      long migrationId, String fingerprint, int carriedMax, Duration lockTimeout, LedgerStep ledger)
      throws SQLException {
    MemoriesTable table = store.table();
    FaultPoint.IN_CUT_OVER.hit();
    new SwapScript(
            table,
            migrationId,
            MemoriesTable.copySchema(migrationId),
            MemoriesTable.legacySchema(migrationId),
            SwapChecks.forward(table, migrationId, fingerprint),
            new Carriage(table, migrationId).forward(carriedMax),
            ledger.guardedUpdates(),
            CaptureSql.installAfterCutOver(table, migrationId))
        .run(store.source(), lockTimeout, CUT_OVER_WORK);
  }

  @Override
  public void afterCutOver(long migrationId) throws SQLException {
    settle(migrationId);
  }

  private void settle(long migrationId) throws SQLException {
    new PendingValidations(store).run(migrationId);
    store.capture().remove();
    new ChunkIndex(store).drop();
  }

  @Override
  public void swapBack(long migrationId, Duration lockTimeout, LedgerStep ledger)
      throws SQLException {
    MemoriesTable serving = store.table();
    MemoriesTable legacy =
        store.read(
            connection ->
                new TableReader(MemoriesTable.legacySchema(migrationId)).read(connection));
    MemoriesTable table = SwapChecks.asLegacy(serving, legacy);
    // Said before anybody is kept waiting, when it can be said already.
    List<String> changed =
        store.read(
            connection ->
                Catalog.texts(connection, SwapChecks.changedSinceCutOver(table, migrationId)));
    if (!changed.isEmpty()) {
      throw new CutOverRefusedException(changed.get(0));
    }
    FaultPoint.IN_SWAP_BACK.hit();
    new SwapScript(
            table,
            migrationId,
            MemoriesTable.legacySchema(migrationId),
            MemoriesTable.copySchema(migrationId),
            SwapChecks.back(table, migrationId),
            Carriage.NOTHING,
            ledger.guardedUpdates(),
            List.of())
        .run(store.source(), lockTimeout, SWAP_BACK_WORK);
  }

  @Override
  public void afterSwapBack(long migrationId) throws SQLException {
    settle(migrationId);
    drop(migrationId);
  }

  @Override
  public void drop(long migrationId) throws SQLException {
    MemoriesTable table = store.table();
    new LockRetry(store)
        .run(
            "drop the copy",
            connection -> {
              Catalog.execute(
                  connection,
                  "DROP SCHEMA IF EXISTS "
                      + Quoting.identifier(MemoriesTable.copySchema(migrationId))
                      + " CASCADE");
              // A table with pointers, or another migration's copy, may still name segments.
              if (!table.layout().hasPointers() && copies(connection) == 0) {
                FormatTables.drop(connection, table);
                Catalog.execute(
                    connection, "DROP TABLE IF EXISTS " + table.qualified(FormatTables.SWAP_STEPS));
              }
              return true;
            });
    dropEmptySchema(MemoriesTable.legacySchema(migrationId));
    new ChunkIndex(store).drop();
  }

  private static long copies(Connection connection) throws SQLException {
    return Catalog.number(
        connection,
        "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid ="
            + " c.relnamespace WHERE c.relname = 'memories' AND n.nspname ~ '^whimbrel_m[0-9]+'");
  }

  @Override
  public void dropLegacy(long migrationId) throws SQLException {
    String schema = Quoting.identifier(MemoriesTable.legacySchema(migrationId));
    try {
      new LockRetry(store)
          .run(
              "drop the legacy table",
              connection -> {
                Catalog.execute(
                    connection,
                    "DROP TABLE IF EXISTS " + schema + "." + MemoriesTable.table() + " RESTRICT");
                Catalog.execute(connection, "DROP SCHEMA IF EXISTS " + schema + " RESTRICT");
                return true;
              });
    } catch (SQLException e) {
      if (SqlStates.DEPENDENTS_EXIST.equals(e.getSQLState())) {
        throw new StoreRefusedException(
            "the legacy table cannot be dropped, something still depends on it: "
                + String.valueOf(e.getMessage()).replace("\n", " "),
            e);
      }
      throw e;
    }
    dropEmptySchema(MemoriesTable.copySchema(migrationId));
  }

  @Override
  public long unpackInPlace(long migrationId) throws SQLException {
    MemoriesTable table = store.table();
    return store.write(connection -> new InPlaceSql(table, migrationId).unpack(connection));
  }

  private void dropEmptySchema(String schema) throws SQLException {
    store.write(
        connection -> {
          boolean used =
              Catalog.isTrue(
                  connection,
                  "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                      + " ON n.oid = c.relnamespace WHERE n.nspname = "
                      + Quoting.literal(schema)
                      + ")");
          if (!used) {
            Catalog.execute(
                connection, "DROP SCHEMA IF EXISTS " + Quoting.identifier(schema) + " RESTRICT");
          }
          return true;
        });
  }
}
