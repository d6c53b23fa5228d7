// SPDX-License-Identifier: Apache-2.0

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * What every peer writes: {@code memories_v2} with all columns but the content, whose length takes
 * its place, and {@code memory_bodies} with one zstd frame a row. Both get their keys at the end,
 * and the second index that the legacy table has on its id.
 */
final class Output {
  static final int LEVEL = 3;

  private Output() {}

  /** The password comes from PGPASSWORD. */
  static Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("reWriteBatchedInserts", "true");
    String password = System.getenv("PGPASSWORD");
    if (password != null) {
      properties.setProperty("password", password);
    }
    return properties;
  }

  static Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url, properties());
  }

  static void createTables(String url) throws SQLException {
    execute(
        url,
        "CREATE TABLE memories_v2 (LIKE memories)",
        "ALTER TABLE memories_v2 DROP COLUMN content",
        "ALTER TABLE memories_v2 ADD COLUMN content_bytes INTEGER",
        "CREATE TABLE memory_bodies (id INTEGER NOT NULL, body BYTEA NOT NULL)",
        // What is compressed already is not worth another try by the server.
        "ALTER TABLE memory_bodies ALTER COLUMN body SET STORAGE EXTERNAL");
  }

  static void buildKeys(String url) throws SQLException {
    execute(
        url,
        "ALTER TABLE memories_v2 ADD PRIMARY KEY (id)",
        "CREATE INDEX ix_memories_v2_id ON memories_v2 (id)",
        "ALTER TABLE memory_bodies ADD PRIMARY KEY (id)");
  }

  private static void execute(String url, String... statements) throws SQLException {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The columns that go over as they are. */
  static List<String> carriedColumns(String url) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM memories LIMIT 0")) {
      for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        columns.add(row.getMetaData().getColumnName(i));
      }
    }
    columns.remove("content");
    return columns;
  }

  /** Lowest and highest id. */
  static int[] bounds(String url) throws SQLException {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT min(id), max(id) FROM memories")) {
      row.next();
      return new int[] {row.getInt(1), row.getInt(2)};
    }
  }

  static String insertRows(List<String> carried) {
    return "INSERT INTO memories_v2 ("
        + String.join(", ", carried)
        + ", content_bytes) VALUES ("
        + "?, ".repeat(carried.size())
        + "?)";
  }

  static final String INSERT_BODY = "INSERT INTO memory_bodies (id, body) VALUES (?, ?)";

  static void print(long startNanos, long copiedNanos, long indexedNanos) {
    System.out.println();
    System.out.println("copyMillis=" + (copiedNanos - startNanos) / 1_000_000);
    System.out.println("indexMillis=" + (indexedNanos - copiedNanos) / 1_000_000);
  }

  /** Makes frames and checks each; for one thread. */
  static final class Frames implements AutoCloseable {
    private final ZstdCompressCtx compressor = new ZstdCompressCtx().setLevel(LEVEL);
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

    byte[] frame(byte[] text) {
      byte[] frame = compressor.compress(text);
      if (!Arrays.equals(text, decompressor.decompress(frame, text.length))) {
        throw new IllegalStateException("a frame does not give its text back");
      }
      return frame;
    }

    static byte[] utf8(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      compressor.close();
      decompressor.close();
    }
  }
}
