// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import io.whimbrel.legacy.Unpacking.Broken;
import io.whimbrel.legacy.Unpacking.Unpacked;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what old applications stored as content. It keeps its working space between calls, so one
 * decoder belongs to one thread. No stored bytes make it throw.
 */
public final class LegacyContentDecoder {

  /** One GiB: far above any text, well below what an array can hold. */
  public static final long INFLATED_BYTES_MAX_DEFAULT = 1L << 30;

  /** The largest bound there can be: the largest array that every JVM can make. */
  public static final long INFLATED_BYTES_MAX = Integer.MAX_VALUE - 8;

  /** Reading lazily, the application cut contents to this many code points and wrote them back. */
  private static final int CUT_CODE_POINTS = 100;

  private static final int CODE_POINT_BYTES_MAX = 4;

  private final int inflatedBytesMax;
  private final StreamUnpacker unpacker = new StreamUnpacker();
  private final ChunkJoiner joiner = new ChunkJoiner(unpacker);

  public LegacyContentDecoder() {
    this(INFLATED_BYTES_MAX_DEFAULT);
  }

  /**
   * A decoder with a bound of its own.
   *
   * @param inflatedBytesMax the most bytes one unpacked memory may have
   */
  public LegacyContentDecoder(long inflatedBytesMax) {
    if (inflatedBytesMax < 1 || inflatedBytesMax > INFLATED_BYTES_MAX) {
      throw new IllegalArgumentException("inflatedBytesMax=" + inflatedBytesMax);
    }
    this.inflatedBytesMax = (int) inflatedBytesMax;
  }

  /** The text of a stored content, or why there is none. */
  public DecodedContent decode(StoredContent content) {
    byte[] stored = content.bytes();
    if (stored == null) {
      return new AbsentContent();
    }
    if (content.storageClass() != StorageClass.TEXT) {
      return new QuarantinedContent(
          ContentProblem.NOT_TEXT, "stored as " + content.storageClass().name());
    }
    if (!content.compressedFlag()) {
      return decodeUnflagged(stored, content.size());
    }
    if (stored.length == 0) {
      return decodeChunks(content.chunks().get(), content.size());
    }
    return decodeFlagged(stored, content.size());
  }

  /** Without the flag the text is what is stored, even where it looks like something else. */
  private static DecodedText decodeUnflagged(byte[] stored, @Nullable Long size) {
    if (stored.length == 0) {
      return decodeEmpty(size);
    }
    return isCutText(stored, size) ? cutText(stored, size) : sound(stored, LegacyForm.PLAIN, "");
  }

  private DecodedContent decodeChunks(List<Chunk> chunks, @Nullable Long size) {
    return chunks.isEmpty() ? decodeEmpty(size) : joiner.join(chunks, size, inflatedBytesMax);
  }

  private static DecodedText decodeEmpty(@Nullable Long size) {
    if (size == null || size <= 0) {
      return sound(new byte[0], LegacyForm.PLAIN, "");
    }
    return new DecodedText(
        new byte[0],
        LegacyForm.PLAIN,
        ContentProblem.INTERRUPTED_CREATE,
        "the text was to have " + size + " characters");
  }

  private DecodedContent decodeFlagged(byte[] stored, @Nullable Long size) {
    Unpacking unpacking = unpacker.unpack(stored, size, inflatedBytesMax);
    if (unpacking instanceof Unpacked unpacked) {
      return decodeUnpacked(stored, unpacked, size);
    }
    if (unpacking instanceof Broken broken) {
      return decodeBroken(stored, broken, size);
    }
    return isCutText(stored, size)
        ? cutText(stored, size)
        : wrongFlag(stored, "it is not a compressed text");
  }

  /** A text may itself be base64 of a stream; the row's size tells which of the two it counted. */
  private static DecodedText decodeUnpacked(byte[] stored, Unpacked unpacked, @Nullable Long size) {
    if (size == null) {
      return sound(unpacked.utf8(), unpacked.form(), "");
    }
    long unpackedSize = CodePoints.count(unpacked.utf8());
    if (size == unpackedSize) {
      return sound(unpacked.utf8(), unpacked.form(), "");
    }
    if (isSizeOfBase64(stored, size)) {
      return wrongFlag(stored, "its size is that of the stored text, not of the unpacked one");
    }
    return sound(
        unpacked.utf8(),
        unpacked.form(),
        "the text has " + unpackedSize + " characters, the row says " + size);
  }

  private static DecodedContent decodeBroken(byte[] stored, Broken broken, @Nullable Long size) {
    // A compressed text of 100 characters that was cut to 100 also has the "right" size.
    boolean isUsualCut =
        broken.problem() == ContentProblem.CUT_STREAM && stored.length == CUT_CODE_POINTS;
    if (size != null && isSizeOfBase64(stored, size) && !isUsualCut) {
      return wrongFlag(stored, "it begins like a compressed text but has its stored size");
    }
    String sizeToldByRow = size == null ? "" : "; the text had " + size + " characters";
    return new QuarantinedContent(broken.problem(), broken.detail() + sizeToldByRow);
  }

  /** Base64 is ASCII: its bytes are its code points. */
  private static boolean isSizeOfBase64(byte[] stored, long size) {
    return size == stored.length;
  }

  private static boolean isCutText(byte[] stored, @Nullable Long size) {
    return size != null
        && size > CUT_CODE_POINTS
        && stored.length >= CUT_CODE_POINTS
        && stored.length <= CUT_CODE_POINTS * CODE_POINT_BYTES_MAX
        && CodePoints.count(stored) == CUT_CODE_POINTS;
  }

  private static DecodedText cutText(byte[] stored, @Nullable Long size) {
    return new DecodedText(
        stored, LegacyForm.PLAIN, ContentProblem.CUT_TEXT, "the text had " + size + " characters");
  }

  private static DecodedText wrongFlag(byte[] stored, String detail) {
    return new DecodedText(stored, LegacyForm.PLAIN, ContentProblem.WRONG_FLAG, detail);
  }

  private static DecodedText sound(byte[] utf8, LegacyForm form, String detail) {
    return new DecodedText(utf8, form, null, detail);
  }
}
