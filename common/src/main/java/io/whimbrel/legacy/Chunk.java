// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import org.jspecify.annotations.Nullable;

/** A row of memory_chunks. */
public record Chunk(
    long index, byte[] data, @Nullable String compressionType, @Nullable String metadataJson) {}
