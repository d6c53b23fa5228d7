// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import java.util.zip.CRC32C;

/** The checksum of a memory's text. */
public final class Crc32c {
  private Crc32c() {}

  public static int of(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
