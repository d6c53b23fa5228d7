// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

/** Where a text is. */
public record Pointer(long segmentId, int offset, int length, int crc32c) {}
