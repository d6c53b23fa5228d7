// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.format.Crc32c;
import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentDamagedException;
import io.whimbrel.store.TableLayout;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walks over pointers and segments side by side in the order of segment ids, so that each segment
 * is unpacked once and only one is in memory.
 */
final class SegmentCheck {

  private static final int IDS_AT_ONCE = 1_000;

  private final Snapshot snapshot;
  private final ContentLoader loader;
  private final Findings findings;
  private final Map<Integer, Boolean> dictionaries = new HashMap<>();
  private long segments;
  private long unusedSegments;
  private long unusedSegmentBytes;
  private long deadBytes;

  SegmentCheck(Snapshot snapshot, ContentLoader loader, Findings findings) {
    this.snapshot = snapshot;
    this.loader = loader;
    this.findings = findings;
  }

  void run() throws SQLException {
    try (PointerWalk pointers = new PointerWalk(snapshot)) {
      if (hasTable(TableLayout.SEGMENTS_TABLE)) {
        try (PreparedStatement select =
            snapshot.connection().prepareStatement(snapshot.sql().segmentIds())) {
          select.setFetchSize(IDS_AT_ONCE);
          try (ResultSet ids = select.executeQuery()) {
            while (ids.next()) {
              check(ids.getLong(1), pointers);
            }
          }
        }
      }
      while (pointers.hasRow()) {
        missing(pointers);
      }
    }
  }

  private boolean hasTable(String table) throws SQLException {
    return snapshot
        .sql()
        .dialect()
        .hasTable(snapshot.connection(), snapshot.sql().qualifier(), table);
  }

  private void check(long segmentId, PointerWalk pointers) throws SQLException {
    while (pointers.hasRow() && pointers.segmentId() < segmentId) {
      missing(pointers);
    }
    segments++;
    boolean isUsed = pointers.hasRow() && pointers.segmentId() == segmentId;
    byte[] raw = raw(segmentId, isUsed);
    int end = 0;
    long liveBytes = 0;
    while (pointers.hasRow() && pointers.segmentId() == segmentId) {
      findings.memory(ContentForm.PACKED);
      Pointer pointer = pointers.pointer();
      if (pointer == null || (raw != null && pointer.offset() + pointer.length() > raw.length)) {
        findings.fault(
            StoreFault.POINTER_OUT_OF_BOUNDS,
            pointers.key(),
            segmentId,
            pointer == null ? "incomplete" : pointer + " rawSize=" + rawLength(raw));
      } else if (raw != null) {
        checkSum(raw, pointer, pointers.key());
        // By offset: what begins before the last end was counted already.
        int pointerEnd = pointer.offset() + pointer.length();
        liveBytes += Math.max(0, pointerEnd - Math.max(end, pointer.offset()));
        end = Math.max(end, pointerEnd);
      }
      pointers.next();
    }
    if (raw != null && isUsed) {
      deadBytes += raw.length - liveBytes;
    }
  }

  private static int rawLength(byte @Nullable [] raw) {
    return raw == null ? 0 : raw.length;
  }

  private void checkSum(byte[] raw, Pointer pointer, String key) {
    int actual = Crc32c.of(raw, pointer.offset(), pointer.length());
    findings.digest().add(key, actual);
    if (actual != pointer.crc32c()) {
      findings.fault(
          StoreFault.CHECKSUM_MISMATCH, key, pointer.segmentId(), pointer + " actual=" + actual);
    }
  }

  private void missing(PointerWalk pointers) throws SQLException {
    findings.memory(ContentForm.PACKED);
    findings.fault(
        StoreFault.MISSING_SEGMENT, pointers.key(), pointers.segmentId(), "no such segment");
    pointers.next();
  }

  private byte @Nullable [] raw(long segmentId, boolean isUsed) throws SQLException {
    try {
      Segment segment = snapshot.segment(segmentId);
      if (segment == null) {
        return null;
      }
      if (!isUsed) {
        unusedSegments++;
        unusedSegmentBytes += segment.body().length;
      }
      Integer dictionaryId = segment.dictionaryId();
      if (dictionaryId != null && !hasDictionary(dictionaryId)) {
        findings.fault(
            StoreFault.MISSING_DICTIONARY, null, segmentId, "dictionary=" + dictionaryId);
        return null;
      }
      return loader.unpackOnce(snapshot, segment);
    } catch (SegmentDamagedException | IllegalArgumentException e) {
      findings.fault(StoreFault.DAMAGED_SEGMENT, null, segmentId, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private boolean hasDictionary(int id) throws SQLException {
    Boolean known = dictionaries.get(id);
    if (known == null) {
      known = loader.hasDictionary(snapshot, id);
      dictionaries.put(id, known);
    }
    return known;
  }

  long segments() {
    return segments;
  }

  long unusedSegments() {
    return unusedSegments;
  }

  long unusedSegmentBytes() {
    return unusedSegmentBytes;
  }

  long deadBytes() {
    return deadBytes;
  }
}
