// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

/**
 * A text value that is not valid UTF-8, which SQLite can hold: no string says the same.
 *
 * @param bytes as stored; not copied
 */
public record RawText(byte[] bytes) {}
