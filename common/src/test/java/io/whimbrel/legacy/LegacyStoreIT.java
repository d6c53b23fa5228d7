// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Decodes whole stores that the old applications themselves wrote, where such stores are at hand.
 */
final class LegacyStoreIT {

  private final LegacyContentDecoder decoder = new LegacyContentDecoder();
  private final Map<ContentProblem, Integer> problems = new EnumMap<>(ContentProblem.class);
  private int memories;

  @Test
  void store_readsAsExpected_whenItHasEveryForm(@TempDir Path folder) throws Exception {
    decodeAll(folder, "legacy_small", "content_compressed, content_size");

    assertThat(memories).isEqualTo(502);
    assertThat(problems)
        .containsOnly(
            Map.entry(ContentProblem.CUT_STREAM, 6),
            Map.entry(ContentProblem.WRONG_FLAG, 6),
            Map.entry(ContentProblem.CUT_TEXT, 2),
            Map.entry(ContentProblem.CUT_CHUNKS, 2),
            Map.entry(ContentProblem.INTERRUPTED_CREATE, 2));
  }

  @Test
  void store_readsAsExpected_whenItIsPlain(@TempDir Path folder) throws Exception {
    decodeAll(folder, "legacy_stdio_small", "NULL AS content_compressed, NULL AS content_size");

    assertThat(memories).isEqualTo(170);
    assertThat(problems).isEmpty();
  }

  private void decodeAll(Path folder, String name, String columns)
      throws IOException, SQLException {
    Path store = SharedData.fileOrSkip(name + ".db");
    Path expectations = SharedData.fileOrSkip(name + ".expected.jsonl");
    Path copy = Files.copy(store, folder.resolve("store.db"));
    ObjectMapper json = new ObjectMapper();
    String query =
        "SELECT CAST(content AS BLOB) AS bytes, typeof(content) AS storage_class, "
            + columns
            + " FROM memories WHERE id = ?";
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:" + copy + "?mode=ro");
        PreparedStatement select = connection.prepareStatement(query)) {
      try (Statement count = connection.createStatement();
          ResultSet result = count.executeQuery("SELECT count(*) FROM memories")) {
        memories = result.getInt(1);
      }
      List<String> lines = Files.readAllLines(expectations);
      assertThat(lines).hasSize(memories);
      for (String line : lines) {
        JsonNode expected = json.readTree(line);
        select.setLong(1, expected.get("id").longValue());
        try (ResultSet row = select.executeQuery()) {
          assertThat(row.next()).as(line).isTrue();
          assertDecodesTo(expected, connection, row);
        }
      }
    }
  }

  private void assertDecodesTo(JsonNode expected, Connection connection, ResultSet row)
      throws SQLException {
    byte[] stored = row.getBytes("bytes");
    DecodedContent decoded =
        decoder.decode(
            new StoredContent(
                stored,
                StorageClass.valueOf(row.getString("storage_class").toUpperCase(Locale.ROOT)),
                row.getBoolean("content_compressed"),
                sizeOf(row),
                () -> chunksOf(connection, expected.get("id").longValue())));
    byte[] text;
    if (decoded instanceof QuarantinedContent quarantined) {
      problems.merge(quarantined.problem(), 1, Integer::sum);
      text = stored;
    } else {
      DecodedText read = (DecodedText) decoded;
      if (read.warning() != null) {
        problems.merge(read.warning(), 1, Integer::sum);
      }
      assertThat(formOf(expected)).as(expected.toString()).isEqualTo(read.form());
      text = read.utf8();
    }
    assertThat(ChunkHash.of(text))
        .as(expected.toString())
        .isEqualTo(expected.get("sha256").asText());
    assertThat(CodePoints.count(text)).isEqualTo(expected.get("chars").longValue());
  }

  private static LegacyForm formOf(JsonNode expected) {
    return switch (expected.get("class").asText()) {
      case "zlib" -> LegacyForm.ZLIB;
      case "gzip" -> LegacyForm.GZIP;
      case "chunked", "chunked-cut" -> LegacyForm.CHUNKED;
      default -> LegacyForm.PLAIN;
    };
  }

  private static @Nullable Long sizeOf(ResultSet row) throws SQLException {
    long size = row.getLong("content_size");
    return row.wasNull() ? null : size;
  }

  private static List<Chunk> chunksOf(Connection connection, long memory) {
    String query =
        "SELECT chunk_index, chunk_data, compression_type, chunk_metadata"
            + " FROM memory_chunks WHERE memory_id = ? ORDER BY id";
    List<Chunk> chunks = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(query)) {
      select.setLong(1, memory);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          byte[] data = row.getString(2).getBytes(UTF_8);
          chunks.add(new Chunk(row.getLong(1), data, row.getString(3), row.getString(4)));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("reading chunks: memory=" + memory, e);
    }
    return chunks;
  }
}
