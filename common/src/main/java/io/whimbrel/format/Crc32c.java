// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import java.util.zip.CRC32C;

/** CRC-32C (Castagnoli), as a signed 32-bit number, which is how databases keep it. */
public final class Crc32c {

  private Crc32c() {}

  public static int of(byte[] bytes, int offset, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, offset, length);
    return (int) checksum.getValue();
  }
}
