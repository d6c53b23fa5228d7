// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Sums up which memories there are and what they read as, in whatever order and form they come: a
 * store has one digest before a migration, after it and after going back. It tells accidents, not
 * forgeries. Not thread-safe.
 */
public final class ContentDigest {

  private long sum;

  /**
   * Adds a memory.
   *
   * @param crc32c of its text in UTF-8, or of its stored bytes when they cannot be decoded
   */
  public void add(String key, int crc32c) {
    byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
    long high = (long) Crc32c.of(utf8, 0, utf8.length) << Integer.SIZE;
    sum += mix(high | Integer.toUnsignedLong(crc32c));
  }

  public void add(String key, byte[] content) {
    add(key, Crc32c.of(content, 0, content.length));
  }

  // The finalizer of SplitMix64: equal checksums of different memories must not add up alike.
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** Sixteen hexadecimal digits. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%016x", sum);
  }
}
