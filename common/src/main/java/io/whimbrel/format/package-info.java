/**
 * The new format: memories packed into segments, each one zstd frame, with trained dictionaries.
 * docs/format.md specifies it. Nothing here does I/O.
 *
 * <p>The invariant: no segment leaves the packer before it was decompressed and compared, byte for
 * byte, with what went in; and no bytes leave the reading side without their checksum.
 */
@NullMarked
package io.whimbrel.format;

import org.jspecify.annotations.NullMarked;
