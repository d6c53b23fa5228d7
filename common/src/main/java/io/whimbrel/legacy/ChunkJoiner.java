// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import io.whimbrel.legacy.Unpacking.Broken;
import io.whimbrel.legacy.Unpacking.Unpacked;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Puts a memory's chunks together and tells whether they are all of it. Not thread-safe. */
final class ChunkJoiner {

  private final StreamUnpacker unpacker;

  ChunkJoiner(StreamUnpacker unpacker) {
    this.unpacker = unpacker;
  }

  /**
   * The text of at least one chunk.
   *
   * @param bytesMax the most bytes the pieces may have together
   */
  DecodedContent join(List<Chunk> chunks, @Nullable Long size, int bytesMax) {
    List<Chunk> ordered = new ArrayList<>(chunks);
    // The sort is stable: where an index repeats, the pieces keep the order they were read in.
    ordered.sort(Comparator.comparingLong(Chunk::index));
    List<byte[]> pieces = new ArrayList<>(ordered.size());
    int room = bytesMax;
    for (Chunk chunk : ordered) {
      if (!chunk.isText()) {
        return new QuarantinedContent(
            ContentProblem.NOT_TEXT, "chunk " + chunk.index() + " is not stored as text");
      }
      Unpacking piece = unpack(chunk, room);
      if (piece instanceof Broken broken) {
        return new QuarantinedContent(
            broken.problem(), "chunk " + chunk.index() + ": " + broken.detail());
      }
      if (!(piece instanceof Unpacked unpacked)) {
        return new QuarantinedContent(
            ContentProblem.CORRUPT_STREAM,
            "chunk " + chunk.index() + ": not a compressed text, yet marked as one");
      }
      room -= unpacked.utf8().length;
      pieces.add(unpacked.utf8());
    }
    byte[] text = concatenate(pieces, bytesMax - room);
    String difference = difference(ordered, text, size);
    return difference == null
        ? new DecodedText(text, LegacyForm.CHUNKED, null, "")
        : new DecodedText(text, LegacyForm.CHUNKED, ContentProblem.CUT_CHUNKS, difference);
  }

  private Unpacking unpack(Chunk chunk, int bytesMax) {
    if (chunk.isPacked()) {
      return unpacker.unpack(chunk.data(), null, bytesMax);
    }
    return chunk.data().length <= bytesMax
        ? new Unpacked(chunk.data(), LegacyForm.PLAIN)
        : new Broken(ContentProblem.INFLATED_TOO_LARGE, "the pieces exceed the allowed size");
  }

  private static byte[] concatenate(List<byte[]> pieces, int length) {
    if (pieces.size() == 1) {
      return pieces.get(0);
    }
    byte[] text = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, text, at, piece.length);
      at += piece.length;
    }
    return text;
  }

  /** What shows that the pieces are not the whole text; null when nothing does. */
  private static @Nullable String difference(
      List<Chunk> ordered, byte[] text, @Nullable Long size) {
    for (int i = 0; i < ordered.size(); i++) {
      long index = ordered.get(i).index();
      if (index != i) {
        return index < i ? "chunk " + index + " repeats" : "chunk " + i + " is missing";
      }
    }
    if (size != null && size != CodePoints.count(text)) {
      return "the chunks hold " + CodePoints.count(text) + " characters of " + size;
    }
    List<String> hashes =
        ordered.stream().map(ChunkHash::recordedIn).filter(Objects::nonNull).distinct().toList();
    // With one chunk the hash is of that piece, which is the whole: both cases compare alike.
    String actual = hashes.isEmpty() ? "" : ChunkHash.of(text);
    boolean isAllEqual = hashes.stream().allMatch(actual::equalsIgnoreCase);
    return isAllEqual ? null : "the text does not have the recorded SHA-256";
  }
}
