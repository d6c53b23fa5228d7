// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/**
 * Bytes on disk.
 *
 * @param wholeStore the database file or database, everything included
 * @param memories the memories table with its indexes and out-of-line values
 */
public record StoreSizes(long wholeStore, long memories) {}
