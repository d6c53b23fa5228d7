// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.format.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A row ready to be written: packed when it has a pointer, otherwise inline exactly as stored.
 *
 * @param codePoints length of the text in code points; 0 in layouts with their own size column,
 *     which is carried
 * @param storedBytes for an in-place packing: the content bytes that must still be there
 */
public record PlacedRow(
    String key,
    byte[] carriedImage,
    byte[] inlineImage,
    @Nullable Pointer pointer,
    int codePoints,
    byte @Nullable [] storedBytes) {}
