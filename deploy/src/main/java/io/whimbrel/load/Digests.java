// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.reader.ContentForm;
import io.whimbrel.reader.Memory;
import io.whimbrel.reader.MemoryContent;
import io.whimbrel.reader.RawText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Digests of what a reader finds, by the groups of {@link RowState}. Not thread-safe. */
final class Digests {

  static final Set<String> TEXT_COLUMNS = Set.of("content_size", "version");
  static final Set<String> TITLE_COLUMNS = Set.of("title", "access_count", "updated_at");

  /** The key, and the flag that the migration is there to change. */
  static final Set<String> LEFT_OUT = Set.of("id", "content_compressed");

  private final MessageDigest sha256;

  Digests() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  long ofText(Memory memory) {
    MemoryContent content = memory.content();
    sha256.update((byte) (content.form() == ContentForm.ABSENT ? 0 : 1));
    sha256.update(content.utf8());
    columns(memory, TEXT_COLUMNS, true);
    return end();
  }

  long ofTitle(Memory memory) {
    columns(memory, TITLE_COLUMNS, true);
    return end();
  }

  long ofRest(Memory memory) {
    columns(memory, TITLE_COLUMNS, false);
    return end();
  }

  long ofDecoded(Memory memory) {
    sha256.update(memory.content().utf8());
    return end();
  }

  long ofStored(@Nullable String content) {
    sha256.update(content == null ? new byte[0] : content.getBytes(StandardCharsets.UTF_8));
    return end();
  }

  private void columns(Memory memory, Set<String> names, boolean wanted) {
    for (Map.Entry<String, @Nullable Object> column : memory.columns().entrySet()) {
      String name = column.getKey();
      boolean elsewhere = !wanted && (TEXT_COLUMNS.contains(name) || LEFT_OUT.contains(name));
      if (names.contains(name) == wanted && !elsewhere) {
        sha256.update(name.getBytes(StandardCharsets.UTF_8));
        value(column.getValue());
      }
    }
  }

  /** Each kind is told apart, since SQLite may hold any in any column. */
  private void value(@Nullable Object value) {
    byte[] bytes;
    if (value instanceof byte[] blob) {
      bytes = blob;
    } else if (value instanceof RawText text) {
      bytes = text.bytes();
    } else {
      bytes = String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }
    sha256.update((byte) (value == null ? 0 : value.getClass().getSimpleName().charAt(0)));
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    sha256.update(bytes);
  }

  private long end() {
    return ByteBuffer.wrap(sha256.digest()).getLong();
  }
}
