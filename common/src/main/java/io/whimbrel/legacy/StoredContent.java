// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Content as stored. */
public record StoredContent(
    byte @Nullable [] bytes,
    StorageClass storageClass,
    boolean compressedFlag,
    @Nullable Long size,
    Supplier<List<Chunk>> chunks) {}
