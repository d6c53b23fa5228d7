// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.testing.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exports SQLite stores. */
final class JsonLinesExporterIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static MemoryReader open(Path file) {
    return MemoryReader.open(new StoreUrl.SqliteUrl(file), Map.of());
  }

  private static List<String> export(Path file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryReader reader = open(file)) {
      long written = new JsonLinesExporter().export(reader, out);
      String text = out.toString(UTF_8);
      assertThat(text)
          .satisfiesAnyOf(t -> assertThat(t).isEmpty(), t -> assertThat(t).endsWith("\n"));
      List<String> lines = text.lines().toList();
      assertThat(lines).hasSize((int) written);
      return lines;
    }
  }

  @Test
  void values_keepTheirTypes(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("memory.db");
    try (Db db = Db.sqlite(file)) {
      db.run(
          "CREATE TABLE memories (id INTEGER PRIMARY KEY, a, content TEXT, b, \"c \"\"q\"\"\")",
          "INSERT INTO memories VALUES (2, 9007199254740993, 'two', 1.5, NULL)",
          "INSERT INTO memories VALUES (1, x'00ff', 'o\"n' || char(10) || 'e 🪶', 'text', 9e999)",
          "INSERT INTO memories VALUES (3, CAST(x'41ff' AS TEXT), CAST(x'42fe' AS TEXT),"
              + " 'a' || char(0) || char(65533), '')",
          "INSERT INTO memories VALUES (4, 0, x'0102', -1e300, 1.0)",
          "INSERT INTO memories VALUES (5, 0, NULL, x'', -9223372036854775807 - 1)");
    }
    assertThat(export(file))
        .containsExactly(
            "{\"id\":1,\"a\":{\"base64\":\"AP8=\"},\"content\":\"o\\\"n\\ne 🪶\",\"b\":\"text\","
                + "\"c \\\"q\\\"\":\"Infinity\"}",
            "{\"id\":2,\"a\":9007199254740993,\"content\":\"two\",\"b\":1.5,\"c \\\"q\\\"\":null}",
            "{\"id\":3,\"a\":{\"base64\":\"Qf8=\",\"text\":false},"
                + "\"content\":{\"base64\":\"Qv4=\",\"text\":false},\"b\":\"a\\u0000\uFFFD\","
                + "\"c \\\"q\\\"\":\"\"}",
            "{\"id\":4,\"a\":0,\"content\":{\"base64\":\"AQI=\"},\"b\":-1.0E300,\"c \\\"q\\\"\":1.0}",
            "{\"id\":5,\"a\":0,\"content\":null,\"b\":{\"base64\":\"\"},"
                + "\"c \\\"q\\\"\":-9223372036854775808}");
  }

  @Test
  void pointerColumns_areLeftOut_whenTheStoreIsMigrated(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("memory.db");
    List<String> texts = NewFormat.texts(3, 4);
    try (Db db = Db.sqlite(file).run(NewFormat.SQLITE_TABLES)) {
      NewFormat.pack(db, 1, 1000, null, texts);
    }
    List<String> lines = export(file);
    assertThat(lines).hasSize(3);
    JsonNode first = JSON.readTree(lines.get(0));
    assertThat(first.fieldNames())
        .toIterable()
        .containsExactly("id", "title", "content", "content_compressed", "content_size");
    assertThat(first.get("content").asText()).isEqualTo(texts.get(0));
  }

  @Test
  void nothing_isWritten_whenTheStoreIsEmpty(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("memory.db");
    Db.sqlite(file).run("CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT)").close();
    assertThat(export(file)).isEmpty();
  }

  @Test
  void export_fails_whenNobodyReadsIt(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("memory.db");
    try (Db db = Db.sqlite(file)) {
      db.run(
          "CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
              + " INSERT INTO memories SELECT i, printf('%.*c', 100, 'x') FROM n");
    }
    try (MemoryReader reader = open(file);
        OutputStream broken = new BrokenPipe();
        PrintStream print = new PrintStream(new BrokenPipe(), false, UTF_8)) {
      JsonLinesExporter exporter = new JsonLinesExporter();
      assertThatThrownBy(() -> exporter.export(reader, broken))
          .isInstanceOf(IOException.class)
          .hasMessage("broken pipe");
      assertThatThrownBy(() -> exporter.export(reader, print)).isInstanceOf(IOException.class);
    }
  }

  private static final class BrokenPipe extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("broken pipe");
    }
  }

  @ParameterizedTest
  @CsvSource({"legacy_small, 502", "legacy_stdio_small, 170"})
  void texts_areAsExpected_whenTheStoreIsTheApplicationsOwn(
      String name, int memories, @TempDir Path folder) throws Exception {
    Path expectations = SharedData.fileOrSkip(name + ".expected.jsonl");
    Path file = Files.copy(SharedData.fileOrSkip(name + ".db"), folder.resolve("memory.db"));
    List<String> lines = export(file);
    assertThat(lines).hasSize(memories);
    List<String> expected = Files.readAllLines(expectations);
    assertThat(expected).hasSize(memories);
    for (int index = 0; index < memories; index++) {
      JsonNode memory = JSON.readTree(lines.get(index));
      JsonNode wanted = JSON.readTree(expected.get(index));
      assertThat(memory.get("id")).isEqualTo(wanted.get("id"));
      assertThat(sha256(memory.get("content").textValue()))
          .as(wanted.toString())
          .isEqualTo(wanted.get("sha256").textValue());
    }
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
  }
}
