// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.legacy.StoredContent;
import org.jspecify.annotations.Nullable;

/** Where a row's content is, as far as the row was read. */
sealed interface ContentPlace {

  /** In the row, and at hand; its chunks are not needed. */
  record Inline(StoredContent stored) implements ContentPlace {}

  /** In a segment, which may have come with the row. */
  record Packed(Pointer pointer, @Nullable Segment segment) implements ContentPlace {}

  /** To be read on demand: it is long, it is in chunks, or nobody has asked for it yet. */
  record Deferred() implements ContentPlace {}
}
