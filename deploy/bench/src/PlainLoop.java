// SPDX-License-Identifier: Apache-2.0

import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.postgresql.PGProperty;

/**
 * What the copy is measured against: the loop that one would write by hand. One thread reads every
 * row, makes one zstd frame of its content (level 3, no dictionary), and inserts the row with the
 * frame in the place of the text into a new table; it commits every 5,000 rows and checks nothing.
 * The new table has its primary key from the start; the index is built afterwards, like ours.
 *
 * <p>Run as a single source file with whimbrel.jar on the class path. The argument is an address
 * like {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST:PORT/DATABASE?user=NAME}, with the
 * password in PGPASSWORD. Prints {@code name=value} lines.
 */
final class PlainLoop {

  private static final int LEVEL = 3;
  private static final int COMMIT_ROWS = 5_000;
  private static final int BATCH_ROWS = 1_000;

  private final Connection reader;
  private final Connection writer;
  private long rows;
  private long contentBytes;
  private long compressedBytes;

  private PlainLoop(Connection reader, Connection writer) {
    this.reader = reader;
    this.writer = writer;
  }

  public static void main(String[] arguments) throws SQLException {
    String url = arguments[0];
    boolean sqlite = url.startsWith("jdbc:sqlite:");
    Properties properties = properties(sqlite);
    try (Connection reader = DriverManager.getConnection(url, properties);
        Connection writer = DriverManager.getConnection(url, properties)) {
      if (sqlite) {
        likeOurs(reader, writer);
      }
      PlainLoop loop = new PlainLoop(reader, writer);
      loop.createTable(sqlite);
      long start = System.nanoTime();
      loop.copy();
      long copied = System.nanoTime();
      loop.buildIndex();
      long indexed = System.nanoTime();
      System.out.println("memories=" + loop.rows);
      System.out.println("copyMillis=" + (copied - start) / 1_000_000);
      System.out.println("indexMillis=" + (indexed - copied) / 1_000_000);
      System.out.println("contentBytes=" + loop.contentBytes);
      System.out.println("compressedBytes=" + loop.compressedBytes);
    }
  }

  private static Properties properties(boolean sqlite) {
    Properties properties = new Properties();
    if (!sqlite) {
      PGProperty.REWRITE_BATCHED_INSERTS.set(properties, true);
      String password = System.getenv("PGPASSWORD");
      if (password != null) {
        PGProperty.PASSWORD.set(properties, password);
      }
    }
    return properties;
  }

  /** The journal, the syncing and the cache that the migration gives itself. */
  private static void likeOurs(Connection... connections) throws SQLException {
    for (Connection connection : connections) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode = wal");
        statement.execute("PRAGMA synchronous = normal");
        statement.execute("PRAGMA cache_size = -16384");
      }
    }
  }

  private void createTable(boolean sqlite) throws SQLException {
    writer.setAutoCommit(false);
    try (Statement statement = writer.createStatement()) {
      if (sqlite) {
        // As ours: the text may be NULL, and foreign keys come with the swap.
        statement.execute(sqliteTable(statement));
        statement.execute("ALTER TABLE plain_copy ADD COLUMN body BLOB");
      } else {
        statement.execute("CREATE TABLE plain_copy (LIKE memories, body bytea, PRIMARY KEY (id))");
        statement.execute("ALTER TABLE plain_copy ALTER COLUMN content DROP NOT NULL");
        statement.execute("ALTER TABLE plain_copy ALTER COLUMN body SET STORAGE EXTERNAL");
      }
    }
    writer.commit();
  }

  private static String sqliteTable(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT sql FROM sqlite_master WHERE name = 'memories'")) {
      row.next();
      return row.getString(1)
          .replaceAll("\\s+", " ")
          .replaceAll(", FOREIGN KEY ?\\(\\w+\\) REFERENCES \\w+ \\(\\w+\\)", "")
          .replace("content TEXT NOT NULL", "content TEXT")
          .replace("CREATE TABLE memories", "CREATE TABLE plain_copy");
    }
  }

  private void copy() throws SQLException {
    reader.setAutoCommit(false);
    try (Statement select = reader.createStatement();
        ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(LEVEL).setChecksum(true);
      select.setFetchSize(BATCH_ROWS);
      try (ResultSet row = select.executeQuery("SELECT * FROM memories ORDER BY id")) {
        List<String> columns = columns(row);
        try (PreparedStatement insert = writer.prepareStatement(insertInto(columns))) {
          while (row.next()) {
            bind(insert, row, columns, zstd);
            insert.addBatch();
            rows++;
            if (rows % BATCH_ROWS == 0) {
              insert.executeBatch();
            }
            if (rows % COMMIT_ROWS == 0) {
              writer.commit();
            }
          }
          insert.executeBatch();
          writer.commit();
        }
      }
    }
    reader.commit();
  }

  private static List<String> columns(ResultSet row) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      columns.add(row.getMetaData().getColumnName(i));
    }
    return columns;
  }

  private static String insertInto(List<String> columns) {
    return "INSERT INTO plain_copy ("
        + String.join(", ", columns)
        + ", body) VALUES ("
        + "?, ".repeat(columns.size())
        + "?)";
  }

  private void bind(
      PreparedStatement insert, ResultSet row, List<String> columns, ZstdCompressCtx zstd)
      throws SQLException {
    for (int i = 1; i <= columns.size(); i++) {
      switch (columns.get(i - 1)) {
        case "content" -> {
          byte[] text = row.getString(i).getBytes(StandardCharsets.UTF_8);
          byte[] frame = zstd.compress(text);
          contentBytes += text.length;
          compressedBytes += frame.length;
          insert.setObject(i, null);
          insert.setBytes(columns.size() + 1, frame);
        }
        // SQLite's driver reads any flag as a number, PostgreSQL's a boolean as a Boolean.
        case "content_compressed" ->
            insert.setObject(i, row.getObject(i) instanceof Boolean ? (Object) true : 1);
        default -> insert.setObject(i, row.getObject(i));
      }
    }
  }

  private void buildIndex() throws SQLException {
    try (Statement statement = writer.createStatement()) {
      statement.execute("CREATE INDEX ix_plain_copy_id ON plain_copy (id)");
    }
    writer.commit();
  }
}
