// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.store.Capture;
import io.whimbrel.store.ShadowTable;
import io.whimbrel.store.SnapshotReader;
import io.whimbrel.store.SqlAction;
import io.whimbrel.store.SqlWork;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreBackup;
import io.whimbrel.store.StoreInspector;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreSession;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.store.Strain;
import io.whimbrel.store.TableLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * A store in a SQLite file. All writes of this process go through one connection, one at a time.
 */
public final class SqliteStore implements Store {

  /** How a store is opened. */
  public enum Access {
    READ_WRITE,
    /** Opens with {@code mode=ro}: leaves the file as it is, even beside a left-over WAL. */
    READ_ONLY
  }

  private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);

  private static final int BUSY_TIMEOUT_MILLIS = 10_000;

  /** How long a statement of the coordinator waits for another process that writes. */
  static final Duration PATIENCE = Duration.ofMillis(BUSY_TIMEOUT_MILLIS);

  /** 32 MiB of usual pages. A checkpoint syncs twice while the one writer waits: make few. */
  private static final int CHECKPOINT_PAGES = 8_192;

  private final StoreUrl.SqliteUrl url;
  private final Access access;
  private final ReentrantReadWriteLock reading = new ReentrantReadWriteLock();
  private final WriterManners manners = new WriterManners(System::nanoTime);
  private final WalKeeper wal;
  private final SqliteWriter writer;
  private final SpareReader spareReader;
  private final SqliteSchema schema;

  // What the last look for strain found; only the coordinator looks.
  private final SqliteStrain strain;

  private SqliteStore(StoreUrl.SqliteUrl url, Access access) throws SQLException {
    this.url = url;
    this.access = access;
    this.wal = new WalKeeper(Path.of(url.file() + "-wal"), reading);
    this.writer = new SqliteWriter(this::connect, manners, wal);
    this.strain = new SqliteStrain(manners, wal);
    this.spareReader = new SpareReader(this::connect, reading.readLock());
    this.schema = new SqliteSchema();
  }

  /**
   * Opens an existing file.
   *
   * @throws StoreRefusedException when there is no such file, or it is not a sound SQLite file, or
   *     it cannot be written and should be
   */
  public static SqliteStore open(StoreUrl.SqliteUrl url, Access access) {
    Path file = url.file();
    if (!Files.exists(file)) {
      throw new StoreRefusedException("there is no file " + file + ": check --db-url");
    }
    if (!Files.isRegularFile(file)) {
      throw new StoreRefusedException(file + " is not a file: check --db-url");
    }
    if (access == Access.READ_WRITE) {
      requireWritable(file);
    }
    SqliteStore store = null;
    try {
      store = new SqliteStore(url, access);
      store.requireSound();
      return store;
    } catch (SQLException e) {
      if (store != null) {
        store.close();
      }
      throw refusal(file, e);
    }
  }

  private static void requireWritable(Path file) {
    boolean markedReadOnly;
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      // Asked of the mode bits, not of the kernel: it lets root write what its owner locked.
      markedReadOnly =
          !permissions.contains(PosixFilePermission.OWNER_WRITE)
              && !permissions.contains(PosixFilePermission.GROUP_WRITE)
              && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    } catch (UnsupportedOperationException | IOException e) {
      markedReadOnly = false;
    }
    Path directory = file.toAbsolutePath().getParent();
    if (markedReadOnly || !Files.isWritable(file)) {
      throw new StoreRefusedException(file + " is read-only: make it writable (chmod u+w) first");
    }
    if (directory == null || !Files.isWritable(directory)) {
      throw new StoreRefusedException(
          "the directory of " + file + " is read-only: SQLite keeps its journal there");
    }
  }

  private void requireSound() throws SQLException {
    try (SqliteWriter.Turn turn = lockWriter();
        Statement statement = turn.connection().createStatement()) {
      // Reads the first page: a foreign file and a truncated one are found out here.
      statement.executeQuery("SELECT count(*) FROM sqlite_master").close();
      if (!Sqlite.text(statement, "PRAGMA encoding").startsWith("UTF-8")) {
        throw new StoreRefusedException(
            url.file() + " holds UTF-16 text, which is not supported: export it into a UTF-8 file");
      }
      long pages = Sqlite.number(statement, "PRAGMA page_count");
      long pageSize = Sqlite.number(statement, "PRAGMA page_size");
      boolean wal = Files.exists(Path.of(url.file() + "-wal"));
      if (!wal && Files.size(url.file()) < pages * pageSize) {
        throw new StoreRefusedException(url.file() + " is cut short: restore it from a backup");
      }
      turn.journalModeIs(Sqlite.text(statement, "PRAGMA journal_mode"));
    } catch (IOException e) {
      throw new StoreRefusedException(url.file() + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether the file itself is broken, so that no second try can succeed. */
  static boolean isDamage(SQLException e) {
    SQLiteErrorCode code = code(e);
    return code == SQLiteErrorCode.SQLITE_CORRUPT || code == SQLiteErrorCode.SQLITE_NOTADB;
  }

  private static SQLiteErrorCode code(SQLException e) {
    return e instanceof SQLiteException sqlite
        ? SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & 0xff)
        : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  static StoreRefusedException refusal(Path file, SQLException e) {
    return switch (code(e)) {
      case SQLITE_NOTADB ->
          new StoreRefusedException(file + " is not a SQLite database: check --db-url", e);
      case SQLITE_CORRUPT ->
          new StoreRefusedException(file + " is damaged or cut short: restore it from a backup", e);
      case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY ->
          new StoreRefusedException(file + " cannot be opened: check its permissions", e);
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new StoreRefusedException(
              file + " is locked by another process: stop what holds it, then try again", e);
      default -> new StoreRefusedException(file + " cannot be opened: " + Sqlite.firstLine(e), e);
    };
  }

  /** Opens a file, or makes an empty one where there is none. */
  public static SqliteStore openOrCreate(StoreUrl.SqliteUrl url) throws IOException {
    if (!Files.exists(url.file())) {
      try {
        Files.createFile(
            url.file(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (UnsupportedOperationException e) {
        Files.createFile(url.file());
      }
    }
    return open(url, Access.READ_WRITE);
  }

  @Override
  public Connection connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    config.setCacheSize(-16_384);
    config.setTempStore(SQLiteConfig.TempStore.FILE);
    // In WAL mode a commit then waits for no disk; a crash loses whole ranges, rows and ledger
    // alike.
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    if (access == Access.READ_ONLY) {
      config.setReadOnly(true);
    } else {
      config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, Integer.toString(CHECKPOINT_PAGES));
    }
    return config.createConnection("jdbc:sqlite:" + url.file());
  }

  @Override
  public StoreUrl url() {
    return url;
  }

  Path file() {
    return url.file();
  }

  @Override
  public String mode() throws SQLException {
    try (SqliteWriter.Turn turn = lockWriter();
        Statement statement = turn.connection().createStatement()) {
      return Sqlite.text(statement, "PRAGMA journal_mode");
    }
  }

  // Somebody who is reading or writing just then keeps the mode from being changed: the run goes on
  // without a log, and with smaller transactions.
  @Override
  public void enterRunMode() throws SQLException {
    try {
      setJournalMode("wal");
    } catch (SQLiteException e) {
      if (code(e) != SQLiteErrorCode.SQLITE_BUSY) {
        throw e;
      }
      LOG.warn(
          "the write-ahead log could not be turned on while others use the store: readers will"
              + " wait while this run commits");
    }
  }

  @Override
  public boolean restoreMode(String mode) throws SQLException {
    if (mode.isEmpty() || mode.equals("wal")) {
      return true;
    }
    try {
      return setJournalMode(mode).equals(mode);
    } catch (SQLiteException e) {
      return false;
    }
  }

  private String setJournalMode(String mode) throws SQLException {
    try (SqliteWriter.Turn turn = lockWriter();
        Statement statement = turn.connection().createStatement()) {
      spareReader.suspend();
      statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
      String found = Sqlite.text(statement, "PRAGMA journal_mode = " + mode);
      turn.journalModeIs(found);
      return found;
    } finally {
      spareReader.resume();
    }
  }

  @Override
  public LedgerDialect dialect() {
    return LedgerDialect.SQLITE;
  }

  @Override
  public String qualifier() {
    return "";
  }

  @Override
  public TableLayout layout(Connection connection) throws SQLException {
    return schema.layout(connection);
  }

  @Override
  public <T extends @Nullable Object> T write(SqlWork<T> work) throws SQLException {
    try (SqliteWriter.Turn turn = lockWriter()) {
      turn.begin(PATIENCE);
      T result = work.run(turn.connection());
      turn.commit();
      return result;
    }
  }

  @Override
  public <T extends @Nullable Object> T read(SqlWork<T> work) throws SQLException {
    return spareReader.read(work);
  }

  // A transaction costs no round trip here.
  @Override
  public <T extends @Nullable Object> T query(SqlWork<T> work) throws SQLException {
    return spareReader.read(work);
  }

  WriterManners manners() {
    return manners;
  }

  WalKeeper wal() {
    return wal;
  }

  @Override
  public void fence(@Nullable SqlAction check) {
    writer.fence(check);
  }

  /** Takes the only writing connection; nobody else in this process writes until it is closed. */
  SqliteWriter.Turn lockWriter() {
    return writer.turn();
  }

  /** Held by every reader of this process while it looks at a snapshot. */
  Lock reading() {
    return reading.readLock();
  }

  SpareReader spareReader() {
    return spareReader;
  }

  int rowsPerTransaction() {
    return manners.rowsPerTransaction();
  }

  @Override
  public List<Strain> strain() {
    return strain.look();
  }

  @Override
  public StoreInspector inspector() {
    return new SqliteInspector(this, schema);
  }

  @Override
  public Capture capture() {
    return new SqliteCapture(this, schema);
  }

  @Override
  public SnapshotReader snapshotReader() {
    return new SqliteSnapshotReader(this, schema);
  }

  @Override
  public ShadowTable shadowTable() {
    return new SqliteShadowTable(this, schema);
  }

  @Override
  public StoreBackup backup() {
    return new SqliteBackup(this);
  }

  @Override
  public StoreSession openSession(long migrationId) throws SQLException {
    return new SqliteSession(this, layout(), migrationId);
  }

  @Override
  public void close() {
    try {
      try {
        spareReader.suspend();
      } finally {
        writer.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("closing " + url.file(), e);
    }
  }
}
