// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.metrics.WhimbrelMetrics;
import io.whimbrel.store.BackendId;
import io.whimbrel.store.Capture;
import io.whimbrel.store.ShadowTable;
import io.whimbrel.store.SnapshotReader;
import io.whimbrel.store.SqlAction;
import io.whimbrel.store.SqlWork;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreBackup;
import io.whimbrel.store.StoreBackup.BackupResult;
import io.whimbrel.store.StoreInspector;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.store.StoreUrl.PostgresUrl;
import io.whimbrel.store.Strain;
import io.whimbrel.store.TableLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store in PostgreSQL, behind a pool of connections. Thread-safe. */
public final class PostgresStore implements Store {

  /** Enough for a coordinator and a dozen worker threads, each of which holds two. */
  public static final int CONNECTIONS_MAX = 32;

  private static final int VERSION_MIN = 14;

  private final ConnectionSource source;
  private final HikariDataSource pool;
  private final String schema;
  private final int serverMajor;
  private volatile @Nullable SqlAction fence;

  private PostgresStore(
      ConnectionSource source, HikariDataSource pool, String schema, int serverMajor) {
    this.source = source;
    this.pool = pool;
    this.schema = schema;
    this.serverMajor = serverMajor;
  }

  /** Connects; see {@link #open(PostgresUrl, Map, int)}. */
  public static PostgresStore open(PostgresUrl url, Map<String, String> environment) {
    return open(url, environment, CONNECTIONS_MAX);
  }

  /**
   * Connects and looks where the memories table is. The password comes from the address, else
   * WHIMBREL_DB_PASSWORD, PGPASSWORD or the password file.
   *
   * @param connectionsMax two for each session, and a few for the coordinator
   * @throws StoreRefusedException when the server does not answer, refuses the login or is too old
   */
  public static PostgresStore open(
      PostgresUrl url, Map<String, String> environment, int connectionsMax) {
    ConnectionSource source = new ConnectionSource(url, environment);
    String schema;
    int major;
    try (Connection connection = source.openDirect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT current_setting('server_version_num')::int / 10000,"
                    + " current_setting('server_version'),"
                    + " coalesce((SELECT n.nspname FROM pg_catalog.pg_class c"
                    + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE c.oid = to_regclass('memories')), current_schema(), 'public')")) {
      row.next();
      major = row.getInt(1);
      if (major < VERSION_MIN) {
        throw new StoreRefusedException(
            "the server is PostgreSQL "
                + row.getString(2)
                + "; "
                + VERSION_MIN
                + " or later is needed");
      }
      schema = row.getString(3);
    } catch (SQLException e) {
      throw source.refusal(e);
    }
    return new PostgresStore(source, pool(source, connectionsMax), schema, major);
  }

  private static HikariDataSource pool(ConnectionSource source, int connectionsMax) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("whimbrel");
    config.setDataSource(source.dataSource());
    config.setAutoCommit(false);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionInitSql(ConnectionSource.SESSION_SETTINGS);
    // Committed on their own: a rollback of the first transaction would undo the settings.
    config.setIsolateInternalQueries(true);
    config.setMaximumPoolSize(connectionsMax);
    config.setMinimumIdle(0);
    config.setIdleTimeout(Duration.ofMinutes(1).toMillis());
    config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  @Override
  public StoreUrl url() {
    return source.url();
  }

  @Override
  public LedgerDialect dialect() {
    return LedgerDialect.POSTGRESQL;
  }

  @Override
  public String qualifier() {
    return Quoting.identifier(schema) + ".";
  }

  /** The schema of the memories, quoted. */
  String schemaName() {
    return Quoting.identifier(schema);
  }

  @Override
  public Connection connect() throws SQLException {
    return source.openDirect();
  }

  ConnectionSource source() {
    return source;
  }

  int serverMajor() {
    return serverMajor;
  }

  @Override
  public TableLayout layout(Connection connection) throws SQLException {
    return table(connection).layout();
  }

  MemoriesTable table() throws SQLException {
    return read(this::table);
  }

  MemoriesTable table(Connection connection) throws SQLException {
    return new TableReader(schema).read(connection);
  }

  @Override
  public <T extends @Nullable Object> T write(SqlWork<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return run(
          connection,
          within -> {
            SqlAction check = fence;
            if (check != null) {
              check.run(within);
            }
            return work.run(within);
          });
    }
  }

  @Override
  public void fence(@Nullable SqlAction check) {
    fence = check;
  }

  @Override
  public <T extends @Nullable Object> T read(SqlWork<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setReadOnly(true);
      return run(connection, work);
    }
  }

  // Without a transaction a query is one round trip. Read committed, as the pool sets it, takes the
  // snapshot after the locks: who waited for a swap sees what it carried.
  @Override
  public <T extends @Nullable Object> T query(SqlWork<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(true);
      return work.run(connection);
    }
  }

  /** As {@link #write}, but every statement sees the same, and fails where that has changed. */
  <T extends @Nullable Object> T writeInOneSnapshot(SqlWork<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      return run(connection, work);
    }
  }

  private <T extends @Nullable Object> T run(Connection connection, SqlWork<T> work)
      throws SQLException {
    try {
      T result = work.run(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      rollBack(connection, e);
      throw e;
    }
  }

  private void rollBack(Connection connection, Throwable reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
      pool.evictConnection(connection);
    }
  }

  @Override
  public StoreInspector inspector() {
    return new PostgresInspector(this);
  }

  @Override
  public Capture capture() {
    return new PostgresCapture(this);
  }

  @Override
  public SnapshotReader snapshotReader() {
    return new PostgresSnapshotReader(this);
  }

  @Override
  public ShadowTable shadowTable() {
    return new PostgresShadowTable(this);
  }

  @Override
  public StoreBackup backup() {
    return new PostgresBackup(this);
  }

  @Override
  public List<Strain> strain() throws SQLException {
    MemoriesTable table = table();
    return read(connection -> ServerStrain.look(connection, table));
  }

  @Override
  public StoreSession openSession(long migrationId) throws SQLException {
    MemoriesTable table = table();
    Connection reader = pool.getConnection();
    try {
      Connection writer = pool.getConnection();
      try {
        return new PostgresSession(reader, writer, table, migrationId, pool::evictConnection);
      } catch (SQLException e) {
        writer.close();
        throw e;
      }
    } catch (SQLException e) {
      reader.close();
      throw e;
    }
  }

  @Override
  public void terminate(BackendId backend) throws SQLException {
    if (backend.processId() == 0) {
      return;
    }
    write(
        connection -> {
          // A client frozen in the middle of a COPY holds its locks through every time-out.
          try (PreparedStatement end =
              connection.prepareStatement(
                  "SELECT pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity WHERE"
                      + " pid = ? AND (extract(epoch FROM backend_start) * 1000000)::bigint = ?")) {
            end.setInt(1, backend.processId());
            end.setLong(2, backend.startedAtMicros());
            return end.execute();
          }
        });
  }

  @Override
  public int endHolders(String table) throws SQLException {
    return read(
        connection -> {
          try (PreparedStatement end =
              connection.prepareStatement(
                  "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_catalog.pg_stat_activity a"
                      + " WHERE pid <> pg_backend_pid() AND usename = current_user"
                      + " AND application_name = current_setting('application_name')"
                      + " AND xact_start < clock_timestamp() - interval '1 second'"
                      + " AND EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid"
                      + " AND l.granted AND l.relation = to_regclass(?)"
                      + " AND l.mode IN ('RowShareLock', 'RowExclusiveLock'))")) {
            end.setString(1, qualifier() + Quoting.identifier(table));
            try (ResultSet row = end.executeQuery()) {
              row.next();
              return row.getInt(1);
            }
          }
        });
  }

  @Override
  public void reportTo(WhimbrelMetrics metrics) {
    metrics.watchPool(pool);
  }

  @Override
  public long historyMark() throws SQLException {
    return read(HistoryMarks::now);
  }

  @Override
  public int snapshotsBefore(long historyMark) throws SQLException {
    return read(connection -> HistoryMarks.olderThan(connection, historyMark));
  }

  @Override
  public void close() {
    pool.close();
  }

  /**
   * Verifies a backup without a server at hand: every file is as it was when the backup was taken
   * and read back.
   *
   * @throws StoreRefusedException when a file is missing or differs
   */
  public static BackupResult verifyBackupFiles(Path backup) throws IOException {
    int files = BackupManifest.check(backup);
    return new BackupResult(backup, 0, files + " files match their checksums");
  }
}
