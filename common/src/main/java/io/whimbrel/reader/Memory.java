// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One memory: its columns, and its content, which is loaded when it is first asked for. Thread-safe
 * once it has left {@link MemoryReader#forEach}; within the walk it belongs to the walk's thread.
 */
public final class Memory {

  private volatile MemoryRow row;
  private final ContentLoader loader;
  private final Snapshots snapshots;
  private @Nullable MemoryContent content;

  Memory(MemoryRow row, ContentLoader loader, Snapshots snapshots) {
    this.row = row;
    this.loader = loader;
    this.snapshots = snapshots;
  }

  /** The key in its text form. */
  public String key() {
    return row.key();
  }

  /** The application's columns in table order, {@code content} among them. */
  public List<String> columnNames() {
    return row.columnNames();
  }

  /**
   * The application's columns but {@code content}, in table order. A value is a {@code Long},
   * {@code Double}, {@code Boolean}, {@code BigDecimal}, {@code String}, {@code byte[]}, {@link
   * RawText} or null.
   */
  public Map<String, @Nullable Object> columns() {
    return row.columns();
  }

  /** The length of the content in UTF-8 bytes where the row tells it: when it is packed. */
  public OptionalInt contentLength() {
    return row.place() instanceof ContentPlace.Packed packed
        ? OptionalInt.of(packed.pointer().length())
        : OptionalInt.empty();
  }

  /**
   * The content. The first call may read from the store; what it finds is kept.
   *
   * @throws UnreadableMemoryException when a segment is missing or damaged
   * @throws MemoryReadException when the database fails
   */
  public synchronized MemoryContent content() {
    MemoryContent loaded = content;
    if (loaded == null) {
      loaded = loader.load(row, snapshots);
      content = loaded;
      row = row.withSegment(null);
    }
    return loaded;
  }

  @Override
  public String toString() {
    return "memory " + row.key();
  }
}
