/**
 * Stores that live in PostgreSQL 15 to 18: reading and writing ranges by binary COPY, change
 * capture, the shadow copy and the two swaps.
 *
 * <p>No column is listed in code: the key, the content and its flag are found in the catalog, and
 * every other column travels as the bytes of its binary form. What changes names or owners of
 * tables happens in one server-side statement, so that no client stands between a lock and its
 * commit.
 */
@NullMarked
package io.whimbrel.postgres;

import org.jspecify.annotations.NullMarked;
