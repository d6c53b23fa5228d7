// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The CRC-32C of a file, which finds damage as fast as the file is read. It is no proof against
 * somebody who changes a backup on purpose: whoever can do that can change its checksum too.
 */
public final class FileChecksum {

  private static final int BUFFER_BYTES = 1 << 16;

  private FileChecksum() {}

  /** Eight hexadecimal digits. */
  public static String of(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        checksum.update(buffer, 0, read);
      }
    }
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }
}
