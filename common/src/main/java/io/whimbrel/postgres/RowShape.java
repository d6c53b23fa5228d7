// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.legacy.Chunk;
import io.whimbrel.legacy.StorageClass;
import io.whimbrel.legacy.StoredContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the fields of a row lie that was selected by {@link RangeSql}: after {@code firstField}
 * fields of something else, the content, the flag if any, the key, the size and the chunks.
 */
record RowShape(int firstField, @Nullable String flagType) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static RowShape after(int fields, MemoriesTable table) {
    return new RowShape(fields, table.flagType());
  }

  private int keyField() {
    return firstField + (flagType == null ? 1 : 2);
  }

  /** Fields of this shape and before it. */
  int fields() {
    return keyField() + 3;
  }

  String key(BinaryRow row) {
    return row.text(keyField());
  }

  /** The flag as it came, if there is one: what stands behind the content in an inline image. */
  byte[] flagImage(BinaryRow row) {
    return row.image(firstField + 1, keyField());
  }

  StoredContent content(BinaryRow row) {
    byte[] bytes = row.bytesOrNull(firstField);
    boolean flag =
        flagType != null && !row.isNull(firstField + 1) && row.integer(firstField + 1) != 0;
    Long size = row.isNull(keyField() + 1) ? null : row.integer(keyField() + 1);
    int chunks = keyField() + 2;
    return StoredContent.of(
        bytes,
        bytes == null ? StorageClass.NULL : StorageClass.TEXT,
        flag,
        size,
        // Chunks are asked for where the content is empty; elsewhere the row need not be kept.
        bytes == null || bytes.length > 0
            ? List::of
            : () -> row.isNull(chunks) ? List.of() : chunks(row.text(chunks)));
  }

  static List<Chunk> chunks(String json) {
    try {
      List<Chunk> chunks = new ArrayList<>();
      for (JsonNode chunk : JSON.readTree(json)) {
        chunks.add(
            new Chunk(
                chunk.get(0).asLong(),
                // A JSON null would read as the word.
                chunk.get(2).asText("").getBytes(StandardCharsets.UTF_8),
                textOrNull(chunk.get(1)),
                textOrNull(chunk.get(3))));
      }
      return chunks;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the server sent chunks that are not JSON", e);
    }
  }

  private static @Nullable String textOrNull(JsonNode node) {
    return node.isNull() ? null : node.asText();
  }
}
