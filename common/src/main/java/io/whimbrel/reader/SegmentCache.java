// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decompressed segments used last, bounded by their bytes. A segment never changes and its id
 * is never given to another, so nothing in here goes stale. Thread-safe.
 */
final class SegmentCache {

  /** A segment larger than this part of the cache would push out all others for one memory. */
  private static final int LARGEST_PART = 4;

  private final long bytesMax;
  private final Map<Long, byte[]> segments = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  SegmentCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  synchronized byte @Nullable [] get(long segmentId) {
    return segments.get(segmentId);
  }

  synchronized void put(long segmentId, byte[] raw) {
    if (raw.length > bytesMax / LARGEST_PART) {
      return;
    }
    byte[] before = segments.put(segmentId, raw);
    bytes += raw.length - (before == null ? 0 : before.length);
    var eldest = segments.entrySet().iterator();
    while (bytes > bytesMax) {
      bytes -= eldest.next().getValue().length;
      eldest.remove();
    }
  }

  synchronized long bytes() {
    return bytes;
  }
}
