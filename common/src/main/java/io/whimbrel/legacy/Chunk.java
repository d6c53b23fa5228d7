// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One row of a memory's chunks.
 *
 * @param index the position in the memory, from 0
 * @param data the stored text in UTF-8; not copied
 * @param compressionType {@code none} or null for text as it is, any other name for a packed piece
 * @param metadataJson the stored JSON, which may be anything
 * @param isText whether the stored value is of a character type, or NULL
 */
public record Chunk(
    long index,
    byte[] data,
    @Nullable String compressionType,
    @Nullable String metadataJson,
    boolean isText) {

  private static final String UNCOMPRESSED = "none";

  public Chunk {
    requireNonNull(data, "data is null");
  }

  /** A piece of text. */
  public Chunk(
      long index, byte[] data, @Nullable String compressionType, @Nullable String metadataJson) {
    this(index, data, compressionType, metadataJson, true);
  }

  boolean isPacked() {
    return compressionType != null && !compressionType.equals(UNCOMPRESSED);
  }
}
