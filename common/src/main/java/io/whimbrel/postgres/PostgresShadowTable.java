// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.format.Dictionary;
import io.whimbrel.retry.EnvironmentErrors;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.ShadowTable;
import io.whimbrel.store.SqlAction;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import io.whimbrel.store.TooManyChangesException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The shadow copy in a schema of its own, and its swaps by {@code SET SCHEMA}. */
final class PostgresShadowTable implements ShadowTable {

  // For what is done under the locks; writers wait all that time.
  private static final Duration SWAP_WORK = Duration.ofSeconds(30);

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

  // Thrown to undo the rehearsal, whose outcome it is.
  private static final class Rehearsed extends RuntimeException {
    Rehearsed() {
      super("rehearsed", null, false, false);
    }
  }

  @Override
  public void rehearse() throws SQLException {
    MemoriesTable table = store.table();
    try {
      store.write(
          connection -> {
            new CopyDefinition(table, 0).create(connection);
            IndexCopier indexes = new IndexCopier(table, MemoriesTable.copySchema(0));
            boolean more = true;
            while (more) {
              more = indexes.copyNext(connection);
            }
            throw new Rehearsed();
          });
    } catch (Rehearsed undone) {
      return;
    } catch (SQLException e) {
      if (EnvironmentErrors.cause(e).isPresent()) {
        throw e;
      }
      throw new StoreRefusedException(
          "the definition of memories cannot be carried over ("
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given")
              + "): nothing was touched",
          e);
    }
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
    return store
        .read(connection -> loadDictionary(connection, store.table(connection), dictionaryId))
        .orElse(null);
  }

  static Optional<Dictionary> loadDictionary(
      Connection connection, MemoriesTable table, int dictionaryId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT body FROM "
                + table.qualified(TableLayout.DICTIONARIES_TABLE)
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
  public @Nullable String highestKey(long migrationId) throws SQLException {
    return store
        .read(
            connection ->
                Catalog.texts(
                    connection,
                    Quoting.fill(
                        "SELECT c.%1$s::text FROM %2$s c ORDER BY c.%1$s DESC LIMIT 1",
                        store.table(connection).key(), MemoriesTable.copyTable(migrationId))))
        .stream()
        .findFirst()
        .orElse(null);
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
        .run(store.source(), lockTimeout, SWAP_WORK);
  }

  @Override
  public void afterCutOver(long migrationId) throws SQLException {
    settle(migrationId);
  }

  private void settle(long migrationId) throws SQLException {
    new PendingValidations(store).run(migrationId);
    new ChunkIndex(store).drop();
  }

  @Override
  public void swapBack(long migrationId, Duration lockTimeout, LedgerStep ledger)
      throws SQLException {
    requireLegacy(migrationId);
    MemoriesTable serving = store.table();
    MemoriesTable legacy =
        store.read(
            connection ->
                new TableReader(MemoriesTable.legacySchema(migrationId)).read(connection));
    MemoriesTable table = SwapChecks.asLegacy(serving, legacy);
    List<String> checks = SwapChecks.back(table, migrationId);
    refuseIfFound(checks);
    CarryBack back = new CarryBack(store, table, migrationId);
    back.run();
    FaultPoint.IN_SWAP_BACK.hit();
    try {
      new SwapScript(
              table,
              migrationId,
              MemoriesTable.legacySchema(migrationId),
              MemoriesTable.copySchema(migrationId),
              checks,
              back.underLock(),
              ledger.guardedUpdates(),
              // Until the copy is gone every difference from it can be explained.
              CaptureSql.install(table))
          .run(store.source(), lockTimeout, SWAP_WORK);
    } catch (TooManyChangesException e) {
      throw new LockNotAvailableException(String.valueOf(e.getMessage()), e);
    }
  }

  private void requireLegacy(long migrationId) throws SQLException {
    String table =
        Quoting.identifier(MemoriesTable.legacySchema(migrationId)) + "." + MemoriesTable.table();
    if (!store.read(connection -> Catalog.exists(connection, table))) {
      throw ShadowTable.legacyTableGone(migrationId);
    }
  }

  // Said before anything is done, when it can be said already.
  private void refuseIfFound(List<String> checks) throws SQLException {
    List<String> findings =
        store.read(
            connection -> {
              Catalog.execute(connection, Catalog.QUALIFY_NAMES);
              List<String> found = new ArrayList<>();
              for (String check : checks) {
                found.addAll(Catalog.texts(connection, check));
              }
              return found;
            });
    if (!findings.isEmpty()) {
      throw new CutOverRefusedException(findings.get(0));
    }
  }

  @Override
  public void afterSwapBack(long migrationId) throws SQLException {
    settle(migrationId);
    store.capture().remove();
  }

  @Override
  public void drop(long migrationId) throws SQLException {
    MemoriesTable table = store.table();
    new LockRetry(store)
        .run(
            "drop the copy",
            connection -> {
              String schema = MemoriesTable.copySchema(migrationId);
              if (!CopySchemas.isForeign(connection, table, schema)) {
                Catalog.execute(
                    connection, "DROP SCHEMA IF EXISTS " + Quoting.identifier(schema) + " CASCADE");
              }
              // A table with pointers, or another migration's copy, may still name segments.
              if (!table.layout().hasPointers() && copies(connection) == 0) {
                FormatTables.drop(connection, table);
                Catalog.execute(
                    connection, "DROP TABLE IF EXISTS " + table.qualified(FormatTables.SWAP_STEPS));
              }
              return true;
            });
    dropEmptySchema(table, MemoriesTable.legacySchema(migrationId));
    new ChunkIndex(store).drop();
  }

  private static long copies(Connection connection) throws SQLException {
    return Catalog.number(
        connection,
        "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid ="
            + " c.relnamespace WHERE c.relname = 'memories' AND n.nspname ~ '^whimbrel_m[0-9]+'");
  }

  @Override
  public void dropLegacy(long migrationId, SqlAction ledger) throws SQLException {
    MemoriesTable table = store.table();
    String legacy = MemoriesTable.legacySchema(migrationId);
    String schema = Quoting.identifier(legacy);
    try {
      new LockRetry(store)
          .run(
              "drop the legacy table",
              connection -> {
                // The triggers delete from the table that goes.
                Catalog.execute(connection, CaptureSql.remove(store.schemaName()));
                if (!CopySchemas.isForeign(connection, table, legacy)) {
                  Catalog.execute(
                      connection,
                      "DROP TABLE IF EXISTS " + schema + "." + MemoriesTable.table() + " RESTRICT");
                  Catalog.execute(connection, "DROP SCHEMA IF EXISTS " + schema + " RESTRICT");
                }
                Catalog.execute(connection, "DELETE FROM " + table.qualified("whimbrel_undo"));
                ledger.run(connection);
                return true;
              });
    } catch (SQLException e) {
      if (SqlStates.DEPENDENTS_EXIST.equals(e.getSQLState())) {
        throw new StoreRefusedException(
            "the legacy table cannot be dropped, something still depends on it: "
                + SqlStates.detail(e),
            e);
      }
      throw e;
    }
    dropEmptySchema(table, MemoriesTable.copySchema(migrationId));
    store.update(connection -> FormatTables.forgetSwap(connection, store.qualifier(), migrationId));
  }

  @Override
  public long unpackInPlace(long migrationId) throws SQLException {
    MemoriesTable table = store.table();
    return store.write(connection -> new InPlaceSql(table, migrationId).unpack(connection));
  }

  private void dropEmptySchema(MemoriesTable table, String schema) throws SQLException {
    store.write(
        connection -> {
          boolean used =
              CopySchemas.isForeign(connection, table, schema)
                  || Catalog.isTrue(
                      connection,
                      "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN"
                          + " pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname ="
                          + " "
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
