/**
 * Reading memories from a store in any form: legacy, migrated, or a mixture of both. It owns the
 * rules by which a row's content is found, the lazy loading of segments, the export and the check
 * of a whole store.
 *
 * <p>The invariant: what is returned as a memory's content was taken from one snapshot of its row
 * and the segment that this row named, and its checksum was right. Nothing here writes.
 */
@NullMarked
package io.whimbrel.reader;

import org.jspecify.annotations.NullMarked;
