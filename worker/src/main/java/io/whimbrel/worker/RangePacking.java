// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentPacker;
import io.whimbrel.keyrange.ClaimedRange;
import io.whimbrel.keyrange.RangeKind;
import io.whimbrel.ledger.FailureLedger.Failure;
import io.whimbrel.legacy.AbsentContent;
import io.whimbrel.legacy.CodePoints;
import io.whimbrel.legacy.ContentProblem;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.LegacyForm;
import io.whimbrel.legacy.QuarantinedContent;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.metrics.Stage;
import io.whimbrel.store.LegacyRow;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.TableLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What becomes of the rows of one range, held until its transaction: packed rows with their
 * segments, rows that stay inline, failures. Full when its bytes or rows reach a bound; the rest of
 * the range then becomes a range of its own, so that memory stays bounded whatever a range holds.
 */
final class RangePacking {

  /** Raw bytes and row images that one transaction may hold. */
  static final long BYTES_MAX = 16L << 20;

  static final int ROWS_MAX = 50_000;

  private final LegacyContentDecoder decoder;
  private final SegmentPacker packer;
  private final int inlineBytesMax;
  private final boolean inPlace;
  private final boolean countsCodePoints;
  private final StageTimes times;

  final List<PlacedRow> rows = new ArrayList<>();
  final List<Segment> segments = new ArrayList<>();
  final List<Failure> failures = new ArrayList<>();
  final Map<ContentProblem, Integer> problems = new EnumMap<>(ContentProblem.class);
  long memories;
  long packed;
  long rawBytes;
  long storedBytes;
  long compressedBytes;
  private final long compressNanosBefore;
  private final long checkNanosBefore;
  private long heldBytes;

  RangePacking(
      LegacyContentDecoder decoder,
      SegmentPacker packer,
      ClaimedRange claim,
      TableLayout layout,
      int inlineBytesMax,
      StageTimes times) {
    this.decoder = decoder;
    this.packer = packer;
    this.inlineBytesMax = inlineBytesMax;
    this.inPlace = claim.kind() == RangeKind.PACK;
    // Where the application counted them its own number is carried.
    this.countsCodePoints = !layout.hasSize();
    this.times = times;
    this.compressNanosBefore = packer.compressNanos();
    this.checkNanosBefore = packer.checkNanos();
    packer.reset(claim.rangeId(), 0, this::keep);
  }

  private void keep(Segment segment) {
    segments.add(segment);
    compressedBytes += segment.body().length;
  }

  void add(LegacyRow row) {
    StoredContent content = row.content();
    long start = System.nanoTime();
    DecodedContent decoded = decoder.decode(content);
    times.add(Stage.DECODE, System.nanoTime() - start);
    if (inPlace && decoded instanceof DecodedText text && staysInline(content, text)) {
      return;
    }
    memories++;
    byte[] stored = content.bytes();
    storedBytes += stored == null ? 0 : stored.length;
    if (decoded instanceof DecodedText text) {
      if (text.warning() != null) {
        fail(row.key(), text.warning(), text.detail());
      }
      rawBytes += text.utf8().length;
      if (staysInline(content, text)) {
        keepInline(row, text.utf8());
      } else {
        pack(row, content, text);
      }
    } else if (decoded instanceof QuarantinedContent quarantined) {
      fail(row.key(), quarantined.problem(), quarantined.detail());
      keepInline(row, stored == null ? NOTHING : stored);
    } else if (decoded instanceof AbsentContent) {
      keepInline(row, NOTHING);
    } else {
      throw new IllegalStateException("unknown content " + decoded.getClass());
    }
  }

  /** Carries a row that cannot be written packed: unchanged, and counted as failed. */
  void addAsStored(LegacyRow row) {
    memories++;
    byte[] stored = row.content().bytes();
    storedBytes += stored == null ? 0 : stored.length;
    fail(row.key(), ContentProblem.UNWRITABLE, "");
    keepInline(row, stored == null ? NOTHING : stored);
  }

  // A tiny text costs less in its row than its pointer would, and the old application can read it.
  private boolean staysInline(StoredContent content, DecodedText text) {
    return text.form() == LegacyForm.PLAIN
        && !content.compressedFlag()
        && text.utf8().length <= inlineBytesMax;
  }

  private void pack(LegacyRow row, StoredContent content, DecodedText text) {
    Pointer pointer = packer.add(text.utf8());
    packed++;
    PlacedRow placed =
        new PlacedRow(
            row.key(),
            row.carriedImage(),
            NOTHING,
            pointer,
            codePoints(text.utf8()),
            inPlace ? content.bytes() : null);
    rows.add(placed);
    heldBytes += placed.carriedImage().length + text.utf8().length;
  }

  private void keepInline(LegacyRow row, byte[] utf8) {
    if (inPlace) {
      return;
    }
    PlacedRow placed =
        new PlacedRow(
            row.key(), row.carriedImage(), row.inlineImage(), null, codePoints(utf8), null);
    rows.add(placed);
    heldBytes += placed.carriedImage().length + placed.inlineImage().length;
  }

  private int codePoints(byte[] utf8) {
    return countsCodePoints ? (int) CodePoints.count(utf8) : 0;
  }

  private void fail(String key, ContentProblem problem, String detail) {
    failures.add(
        new Failure(
            key,
            problem.severity().name(),
            problem.code(),
            detail.isEmpty() ? problem.sentence() : detail));
    problems.merge(problem, 1, Integer::sum);
  }

  boolean isFull() {
    return heldBytes >= BYTES_MAX || memories >= ROWS_MAX;
  }

  /** Closes the last segment. */
  void finish() {
    packer.finish();
    times.add(Stage.COMPRESS, packer.compressNanos() - compressNanosBefore);
    times.add(Stage.CHECK, packer.checkNanos() - checkNanosBefore);
  }

  private static final byte[] NOTHING = {};
}
