// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.whimbrel.legacy.StorageClass;
import io.whimbrel.store.TableLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Writes a store as JSON lines in key order: an object a memory, every application column under its
 * name in table order, {@code content} decoded. Bytes are {@code {"base64": "..."}}, text that is
 * not UTF-8 has {@code "text": false} beside it, NaN and infinities are strings. Stateless.
 */
public final class JsonLinesExporter {

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .rootValueSeparator("")
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  private static final int MEMORIES_BETWEEN_CHECKS = 256;

  /**
   * Exports all memories of one snapshot; the stream is flushed and left open.
   *
   * @return how many memories were written
   * @throws IOException when the stream fails, as it does when nobody reads it any more
   * @throws UnreadableMemoryException when a segment is missing or damaged
   */
  public long export(MemoryReader reader, OutputStream out) throws IOException {
    long[] written = {0};
    try (JsonGenerator json = JSON.createGenerator(out)) {
      reader.forEach(
          memory -> {
            try {
              write(json, memory);
              written[0]++;
              if (written[0] % MEMORIES_BETWEEN_CHECKS == 0) {
                requireHealthy(out);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      json.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    out.flush();
    requireHealthy(out);
    return written[0];
  }

  // A print stream keeps its errors to itself.
  private static void requireHealthy(OutputStream out) throws IOException {
    if (out instanceof PrintStream print && print.checkError()) {
      throw new IOException("the output cannot be written: nobody reads it, or the disk is full");
    }
  }

  private static void write(JsonGenerator json, Memory memory) throws IOException {
    json.writeStartObject();
    for (String name : memory.columnNames()) {
      json.writeFieldName(name);
      if (name.equals(TableLayout.CONTENT)) {
        writeContent(json, memory.content());
      } else {
        writeValue(json, memory.columns().get(name));
      }
    }
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private static void writeContent(JsonGenerator json, MemoryContent content) throws IOException {
    byte[] bytes = content.utf8();
    if (content.form() == ContentForm.ABSENT) {
      json.writeNull();
    } else if (content.storageClass() == StorageClass.BLOB) {
      writeBytes(json, bytes, true);
    } else if (TextBytes.isUtf8(bytes)) {
      json.writeUTF8String(bytes, 0, bytes.length);
    } else {
      writeBytes(json, bytes, false);
    }
  }

  private static void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else if (value instanceof BigDecimal number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof byte[] bytes) {
      writeBytes(json, bytes, true);
    } else if (value instanceof RawText text) {
      writeBytes(json, text.bytes(), false);
    } else {
      throw new IllegalStateException("unknown kind of value: " + value.getClass());
    }
  }

  private static void writeBytes(JsonGenerator json, byte[] bytes, boolean isBlob)
      throws IOException {
    json.writeStartObject();
    json.writeFieldName("base64");
    json.writeBinary(bytes);
    if (!isBlob) {
      json.writeBooleanField("text", false);
    }
    json.writeEndObject();
  }
}
