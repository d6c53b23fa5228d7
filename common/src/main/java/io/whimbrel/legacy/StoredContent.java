// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A memory's content as its row holds it.
 *
 * @param bytes the stored bytes (UTF-8 of a text), null for SQL NULL; not copied
 * @param storageClass the type of the stored value
 * @param compressedFlag the row's {@code content_compressed}; false where it is NULL or missing
 * @param size the row's {@code content_size} in code points, null where it is NULL or missing
 * @param chunks the memory's chunks, asked for at most once and only when the content is empty and
 *     flagged as compressed
 */
public record StoredContent(
    byte @Nullable [] bytes,
    StorageClass storageClass,
    boolean compressedFlag,
    @Nullable Long size,
    Supplier<List<Chunk>> chunks) {

  // Written in full: in a compact constructor javac 17 loses the annotation of an array parameter,
  // and then other modules could not pass null.
  public StoredContent(
      byte @Nullable [] bytes,
      StorageClass storageClass,
      boolean compressedFlag,
      @Nullable Long size,
      Supplier<List<Chunk>> chunks) {
    requireNonNull(storageClass, "storageClass is null");
    requireNonNull(chunks, "chunks is null");
    if ((bytes == null) != (storageClass == StorageClass.NULL)) {
      throw new IllegalArgumentException(
          "bytes are null exactly when the storage class is NULL: storageClass=" + storageClass);
    }
    this.bytes = bytes;
    this.storageClass = storageClass;
    this.compressedFlag = compressedFlag;
    this.size = size;
    this.chunks = chunks;
  }

  /** The content of a row; null bytes for SQL NULL. */
  @SuppressWarnings("NullAway") // It does not see that the record's array component may be null.
  public static StoredContent of(
      byte @Nullable [] bytes,
      StorageClass storageClass,
      boolean compressedFlag,
      @Nullable Long size,
      Supplier<List<Chunk>> chunks) {
    return new StoredContent(bytes, storageClass, compressedFlag, size, chunks);
  }
}
