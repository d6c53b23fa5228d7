// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

/**
 * What a committed range did.
 *
 * @param memories rows processed
 * @param packed rows whose content went into segments
 * @param rawBytes UTF-8 bytes of decoded content
 * @param storedBytes content bytes as the legacy table stores them
 * @param compressedBytes bytes of the segments written
 * @param mismatches for VERIFY: rows that differ
 */
public record RangeOutcome(
    long memories,
    long packed,
    long rawBytes,
    long storedBytes,
    long compressedBytes,
    int segments,
    int mismatches,
    long elapsedMillis) {}
