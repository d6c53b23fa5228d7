// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static java.util.Objects.requireNonNullElse;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentDamagedException;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.legacy.AbsentContent;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.QuarantinedContent;
import io.whimbrel.legacy.StorageClass;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.reader.Snapshot.FullContent;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds, unpacks and decodes contents. Thread-safe. */
final class ContentLoader implements AutoCloseable {

  private static final byte[] NOTHING = {};

  private final SegmentCache cache;
  private final Unpackers unpackers = new Unpackers();

  /**
   * Goes up with each segment that had to be read and down with each that was kept, from 0 to 3: as
   * a processor foretells a branch. From 2 on a segment comes with its row.
   */
  private volatile int misses = 1;

  ContentLoader(long cacheBytesMax) {
    this.cache = new SegmentCache(cacheBytesMax);
  }

  /** The row of a key, with what its content is likely to need. */
  Optional<MemoryRow> row(Snapshot snapshot, String key) throws SQLException {
    Optional<MemoryRow> row = snapshot.one(key, misses > 1);
    if (row.isPresent()
        && row.get().place() instanceof ContentPlace.Packed packed
        && packed.segment() != null) {
      unpackers.learnDictionary(snapshot, packed.segment());
    }
    return row;
  }

  /** The content of a row as it was read, or, where that is no longer to be had, as it is now. */
  MemoryContent load(MemoryRow row, Snapshots snapshots) {
    if (row.place() instanceof ContentPlace.Inline inline) {
      return decode(inline.stored());
    }
    if (row.place() instanceof ContentPlace.Packed packed) {
      byte[] text = unpack(packed, snapshots);
      if (text != null) {
        return MemoryContent.packed(text);
      }
    }
    // The row's pointer led nowhere, as it does when the memory was moved since: look once more.
    return loadFromRow(row.key(), snapshots);
  }

  /** The text a pointer leads to, or null when it is not there. */
  private byte @Nullable [] unpack(ContentPlace.Packed packed, Snapshots snapshots) {
    Pointer pointer = packed.pointer();
    try {
      byte[] raw = cache.get(pointer.segmentId());
      misses = raw == null ? Math.min(misses + 1, 3) : Math.max(misses - 1, 0);
      if (raw == null) {
        Segment segment = packed.segment();
        raw = segment == null ? fetch(pointer.segmentId(), snapshots) : unpack(segment);
      }
      return raw == null ? null : SegmentUnpacker.slice(raw, pointer);
    } catch (SegmentDamagedException | IllegalArgumentException e) {
      return null;
    }
  }

  private byte @Nullable [] fetch(long segmentId, Snapshots snapshots) {
    Optional<Segment> segment =
        snapshots.query(
            snapshot -> {
              // After a swap back there may be no segments at all.
              Segment found = snapshot.layout().hasPointers() ? snapshot.segment(segmentId) : null;
              if (found != null) {
                unpackers.learnDictionary(snapshot, found);
              }
              return Optional.ofNullable(found);
            });
    return segment.map(this::unpack).orElse(null);
  }

  private byte[] unpack(Segment segment) {
    byte[] raw = unpackers.unpack(segment);
    cache.put(segment.segmentId(), raw);
    return raw;
  }

  private MemoryContent loadFromRow(String key, Snapshots snapshots) {
    try {
      FullContent content =
          snapshots
              .run(
                  snapshot -> {
                    Optional<FullContent> found = snapshot.content(key);
                    Segment segment = found.map(FullContent::segment).orElse(null);
                    if (segment != null) {
                      unpackers.learnDictionaryAgain(snapshot, segment);
                    }
                    return found;
                  })
              .orElseThrow(
                  () ->
                      new UnreadableMemoryException(
                          key, "it was deleted while it was being read", null));
      return content.packed() ? unpack(key, content) : decode(content.stored());
    } catch (SegmentDamagedException | IllegalArgumentException e) {
      throw new UnreadableMemoryException(key, String.valueOf(e.getMessage()), e);
    }
  }

  private MemoryContent unpack(String key, FullContent content) {
    Pointer pointer = content.pointer();
    if (pointer == null) {
      throw new UnreadableMemoryException(key, "its pointer is incomplete or out of bounds", null);
    }
    Segment segment = content.segment();
    if (segment == null) {
      throw new UnreadableMemoryException(
          key, "its segment is missing: segment=" + pointer.segmentId(), null);
    }
    byte[] raw = unpackers.unpack(segment);
    byte[] text = SegmentUnpacker.slice(raw, pointer);
    cache.put(segment.segmentId(), raw);
    return MemoryContent.packed(text);
  }

  /** The raw bytes of a segment, past the cache; see {@link SegmentUnpacker#unpack}. */
  byte[] unpackOnce(Snapshot snapshot, Segment segment) throws SQLException {
    unpackers.learnDictionary(snapshot, segment);
    return unpackers.unpack(segment);
  }

  boolean hasDictionary(Snapshot snapshot, int dictionaryId) throws SQLException {
    return unpackers.hasDictionary(snapshot, dictionaryId);
  }

  private MemoryContent decode(StoredContent stored) {
    DecodedContent decoded = unpackers.decode(stored);
    if (decoded instanceof DecodedText text) {
      return new MemoryContent(
          text.utf8(),
          ContentForm.of(text.form()),
          StorageClass.TEXT,
          text.warning(),
          text.detail());
    }
    if (decoded instanceof QuarantinedContent quarantined) {
      return new MemoryContent(
          requireNonNullElse(stored.bytes(), NOTHING),
          ContentForm.QUARANTINED,
          stored.storageClass(),
          quarantined.problem(),
          quarantined.detail());
    }
    if (decoded instanceof AbsentContent) {
      return new MemoryContent(NOTHING, ContentForm.ABSENT, StorageClass.NULL, null, "");
    }
    throw new IllegalStateException("unknown kind of content: " + decoded);
  }

  @Override
  public void close() {
    unpackers.close();
  }
}
