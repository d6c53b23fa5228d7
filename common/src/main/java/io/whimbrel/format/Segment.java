// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import org.jspecify.annotations.Nullable;

/** A segment. */
public record Segment(
    long segmentId, @Nullable Integer dictionaryId, int rawSize, int memoryCount, byte[] body) {}
