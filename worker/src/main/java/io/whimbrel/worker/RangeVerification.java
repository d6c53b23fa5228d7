// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import static java.util.Objects.requireNonNullElse;

import io.whimbrel.format.ContentDigest;
import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentDamagedException;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.QuarantinedContent;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.ComparisonCursor;
import io.whimbrel.store.ComparisonCursor.ComparedRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Compares the legacy rows of a range with their copies by decoded content. One use, one range. */
public final class RangeVerification {

  private static final int EXAMPLES_MAX = 5;

  private final LegacyContentDecoder decoder;
  private final SegmentUnpacker unpacker;
  private final Inline inline;
  private final @Nullable ContentDigest digest;
  private @Nullable Segment lastSegment;
  private byte[] lastRaw = {};

  long memories;
  long rawBytes;
  int mismatches;
  final List<String> examples = new ArrayList<>();

  /** When content that stays inline counts as equal. */
  public enum Inline {
    /** When it is stored alike, flag and all: so the copy gets it. */
    STORED_ALIKE,
    /**
     * When it reads alike: so the legacy table gets it back, which keeps its own form of a text and
     * may have no room for NULL.
     */
    READS_ALIKE
  }

  /**
   * @param digest is told what the rows read as that do not differ, unless null
   */
  public RangeVerification(
      LegacyContentDecoder decoder,
      SegmentUnpacker unpacker,
      Inline inline,
      @Nullable ContentDigest digest) {
    this.inline = inline;
    this.digest = digest;
    this.decoder = decoder;
    this.unpacker = unpacker;
  }

  /**
   * Compares what a cursor shows.
   *
   * @param beforeLoading is told the bytes of each legacy content before it is looked at
   */
  public void run(ComparisonCursor cursor, LongConsumer beforeLoading) throws SQLException {
    while (cursor.next()) {
      beforeLoading.accept(cursor.contentBytes());
      ComparedRow row = cursor.row();
      memories++;
      String difference = difference(row, cursor);
      if (difference == null && digest != null) {
        add(row, digest);
      }
      // What the application changed meanwhile comes with a later range.
      if (difference != null && !cursor.isPending(row.key())) {
        mismatch(row.key() + ": " + difference);
      }
    }
    long extra = cursor.extraCopies();
    if (extra != 0) {
      mismatches += (int) Math.min(extra, Integer.MAX_VALUE - mismatches);
      examples.add(extra + " rows of the copy have no legacy row");
    }
  }

  /** Legacy rows compared. */
  public long memories() {
    return memories;
  }

  /** Rows that differ, or are missing on either side, without a change that explains it. */
  public int mismatches() {
    return mismatches;
  }

  /** A few of them, with their keys. */
  public List<String> examples() {
    return List.copyOf(examples);
  }

  // The copy's checksum has just been compared with the text.
  private void add(ComparedRow row, ContentDigest digest) {
    Pointer pointer = row.pointer();
    if (pointer != null) {
      digest.add(row.key(), pointer.crc32c());
      return;
    }
    digest.add(
        row.key(),
        decoder.decode(row.legacy()) instanceof DecodedText text
            ? text.utf8()
            : requireNonNullElse(row.legacy().bytes(), new byte[0]));
  }

  private void mismatch(String example) {
    mismatches++;
    if (examples.size() < EXAMPLES_MAX) {
      examples.add(example);
    }
  }

  private @Nullable String difference(ComparedRow row, ComparisonCursor cursor)
      throws SQLException {
    if (!row.copied()) {
      return "missing in the copy";
    }
    if (!row.columnsEqual()) {
      return "a carried column differs";
    }
    Pointer pointer = row.pointer();
    if (pointer == null) {
      return inlineIsEqual(row, cursor) ? null : "inline content differs";
    }
    DecodedContent decoded = decoder.decode(row.legacy());
    if (!(decoded instanceof DecodedText text)) {
      return "packed, but the legacy content has no text";
    }
    rawBytes += text.utf8().length;
    Segment segment = cursor.segment();
    if (segment == null) {
      return "segment " + pointer.segmentId() + " is missing";
    }
    try {
      if (isAlone(pointer, segment)) {
        return unpacker.holdsOnly(segment, text.utf8())
            ? checksum(text.utf8(), pointer)
            : "content differs";
      }
      byte[] raw = unpack(segment);
      return Arrays.equals(
              raw,
              pointer.offset(),
              pointer.offset() + pointer.length(),
              text.utf8(),
              0,
              text.utf8().length)
          ? checksum(raw, pointer)
          : "content differs";
    } catch (SegmentDamagedException | IndexOutOfBoundsException e) {
      return String.valueOf(e.getMessage());
    }
  }

  // A large memory has a segment of its own, and room for it once more is not needed.
  private static boolean isAlone(Pointer pointer, Segment segment) {
    return pointer.length() >= LargeContents.BYTES
        && pointer.offset() == 0
        && pointer.length() == segment.rawSize();
  }

  private boolean inlineIsEqual(ComparedRow row, ComparisonCursor cursor) throws SQLException {
    if (row.inlineEqual()) {
      return true;
    }
    return inline == Inline.READS_ALIKE && readsAlike(row, cursor);
  }

  private boolean readsAlike(ComparedRow row, ComparisonCursor cursor) throws SQLException {
    StoredContent copy = cursor.copyInline();
    DecodedContent legacyText = decoder.decode(row.legacy());
    DecodedContent copyText = decoder.decode(copy);
    if (legacyText instanceof QuarantinedContent || copyText instanceof QuarantinedContent) {
      return Arrays.equals(row.legacy().bytes(), copy.bytes());
    }
    return Arrays.equals(textOf(legacyText), textOf(copyText));
  }

  private static byte[] textOf(DecodedContent content) {
    return content instanceof DecodedText text ? text.utf8() : new byte[0];
  }

  private byte[] unpack(Segment segment) {
    if (lastSegment == null || lastSegment.segmentId() != segment.segmentId()) {
      lastRaw = unpacker.unpack(segment);
      lastSegment = segment;
    }
    return lastRaw;
  }

  private static @Nullable String checksum(byte[] raw, Pointer pointer) {
    int sum = io.whimbrel.format.Crc32c.of(raw, pointer.offset(), pointer.length());
    return sum == pointer.crc32c() ? null : "checksum differs";
  }
}
