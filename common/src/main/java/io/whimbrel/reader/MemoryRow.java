// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.format.Segment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row as read.
 *
 * @param columnNames the application's columns in table order, the content among them
 * @param columns the application's columns but the content, in table order
 */
record MemoryRow(
    String key,
    List<String> columnNames,
    Map<String, @Nullable Object> columns,
    ContentPlace place) {

  MemoryRow withSegment(@Nullable Segment segment) {
    return place instanceof ContentPlace.Packed packed
        ? new MemoryRow(
            key, columnNames, columns, new ContentPlace.Packed(packed.pointer(), segment))
        : this;
  }
}
