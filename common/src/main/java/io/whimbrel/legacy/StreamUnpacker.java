// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import io.whimbrel.legacy.Unpacking.Broken;
import io.whimbrel.legacy.Unpacking.NotPacked;
import io.whimbrel.legacy.Unpacking.Unpacked;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks base64 of a zlib or gzip stream, told apart by its first bytes. Windows and scratch space
 * are kept from one text to the next. Not thread-safe.
 */
final class StreamUnpacker {

  private static final byte[] NOTHING = {};
  private static final int SCRATCH_BYTES = 64 * 1024;

  /** How far a row's own size is believed when room is made: no text of words packs better. */
  private static final long BELIEVABLE_RATIO = 16;

  private final Base64Source source = new Base64Source();
  private final byte[] scratch = new byte[SCRATCH_BYTES];
  private final Utf8 utf8 = new Utf8();

  /**
   * Unpacks one text.
   *
   * @param sizeExpected the size of the unpacked text where the row tells one; only used to make
   *     room
   * @param bytesMax the most bytes the unpacked text may have
   */
  Unpacking unpack(byte[] text, @Nullable Long sizeExpected, int bytesMax) {
    LegacyForm form = formOf(text);
    if (form == null) {
      return new NotPacked();
    }
    Base64Source.Shape shape = Base64Source.shapeOf(text);
    if (shape == Base64Source.Shape.OTHER) {
      return new NotPacked();
    }
    int room = room(text.length, sizeExpected, bytesMax);
    Unpacking unpacking = inflate(text, form, bytesMax, room);
    if (shape == Base64Source.Shape.STRICT) {
      return unpacking;
    }
    // The last group is incomplete. Only a stream that was sound as far as it goes explains that;
    // a word that happens to begin like a stream soon breaks its rules.
    boolean isSoundSoFar =
        unpacking instanceof Broken broken
            && (broken.problem() == ContentProblem.CUT_STREAM
                || broken.problem() == ContentProblem.INFLATED_TOO_LARGE);
    return isSoundSoFar ? unpacking : new NotPacked();
  }

  /** What the first three bytes promise, or null when they are not those of a stream. */
  private @Nullable LegacyForm formOf(byte[] text) {
    if (text.length < 4) {
      return null;
    }
    byte[] head = {text[0], text[1], text[2], text[3]};
    if (Base64Source.shapeOf(head) != Base64Source.Shape.STRICT) {
      return null;
    }
    source.open(head);
    int first = source.next();
    int second = source.next();
    int third = source.next();
    if (first == 0x1F && second == 0x8B && third == 8) {
      return LegacyForm.GZIP;
    }
    boolean isZlib = first == 0x78 && second >= 0 && (first << 8 | second) % 31 == 0;
    return isZlib ? LegacyForm.ZLIB : null;
  }

  private static int room(int textLength, @Nullable Long sizeExpected, int bytesMax) {
    if (sizeExpected == null || sizeExpected <= 0) {
      return 0;
    }
    long believable = Math.min(sizeExpected, textLength * BELIEVABLE_RATIO);
    return (int) Math.min(believable, Math.min(bytesMax, BoundedBytes.HELD_BYTES_MAX));
  }

  private Unpacking inflate(byte[] text, LegacyForm form, int bytesMax, int room) {
    BoundedBytes inflated = new BoundedBytes(scratch, bytesMax, room);
    Unpacking unpacking = inflate(text, form, inflated);
    // Its length is known now, and it is within the bound: once more, to hold it.
    return inflated.isOnlyCounted() && unpacking instanceof Unpacked
        ? inflate(text, form, new BoundedBytes(scratch, bytesMax, inflated.length()))
        : unpacking;
  }

  private Unpacking inflate(byte[] text, LegacyForm form, BoundedBytes inflated) {
    source.open(text);
    Inflater inflater = new Inflater(form == LegacyForm.GZIP);
    try {
      Broken broken =
          form == LegacyForm.GZIP ? inflateGzip(inflater, inflated) : run(inflater, inflated);
      if (broken != null) {
        return broken;
      }
      if (source.hasMore()) {
        return broken(ContentProblem.TRAILING_BYTES, "bytes follow the end of the stream");
      }
      if (inflated.isOnlyCounted()) {
        return new Unpacked(NOTHING, form);
      }
      byte[] bytes = inflated.toBytes();
      if (!utf8.isWellFormed(bytes)) {
        return broken(ContentProblem.CORRUPT_STREAM, "the unpacked bytes are not UTF-8");
      }
      return new Unpacked(bytes, form);
    } finally {
      inflater.end();
      source.close();
    }
  }

  private @Nullable Broken inflateGzip(Inflater inflater, BoundedBytes inflated) {
    GzipHeader.Outcome header = GzipHeader.read(source);
    if (header != GzipHeader.Outcome.READ) {
      return header == GzipHeader.Outcome.CUT
          ? broken(ContentProblem.CUT_STREAM, "the gzip header is incomplete")
          : broken(ContentProblem.CORRUPT_STREAM, "the gzip header is damaged");
    }
    Broken broken = run(inflater, inflated);
    if (broken != null) {
      return broken;
    }
    CRC32 checksum = new CRC32();
    inflated.addTo(checksum);
    long trailer = 0;
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      int next = source.next();
      if (next < 0) {
        return broken(ContentProblem.CUT_STREAM, "the gzip checksum is incomplete");
      }
      trailer |= (long) next << shift;
    }
    long expected = checksum.getValue() | (long) inflated.length() << 32;
    return trailer == expected || inflated.isOnlyCounted()
        ? null
        : broken(ContentProblem.CORRUPT_STREAM, "the gzip checksum does not match");
  }

  /** Runs the inflater to the end of its stream; null when it got there. */
  private @Nullable Broken run(Inflater inflater, BoundedBytes inflated) {
    try {
      while (true) {
        int count = inflated.inflateFrom(inflater);
        if (count < 0) {
          return broken(
              ContentProblem.INFLATED_TOO_LARGE,
              "more than " + inflated.length() + " bytes come out");
        }
        if (inflater.finished()) {
          source.takeBack(inflater);
          return null;
        }
        if (inflater.needsDictionary()) {
          return broken(ContentProblem.CORRUPT_STREAM, "the stream asks for a dictionary");
        }
        // No output left: only now may the end of the input count as the end of the stream.
        if (count == 0 && !source.feed(inflater)) {
          return broken(
              ContentProblem.CUT_STREAM,
              "the stream is incomplete after " + inflated.length() + " unpacked bytes");
        }
      }
    } catch (DataFormatException e) {
      return broken(
          ContentProblem.CORRUPT_STREAM,
          "the stream breaks after " + inflated.length() + " unpacked bytes: " + e.getMessage());
    }
  }

  private static Broken broken(ContentProblem problem, String detail) {
    return new Broken(problem, detail);
  }
}
