// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Free space where the server keeps its data, which can be known on the same machine only. */
final class FreeDisk {

  private static final long UNKNOWN = -1;

  private final ConnectionSource source;

  FreeDisk(ConnectionSource source) {
    this.source = source;
  }

  long bytes(Connection connection) throws SQLException {
    if (!isLocal()) {
      return UNKNOWN;
    }
    // Null without the right to see it; the setting itself would be an error.
    List<String> directory =
        Catalog.texts(
            connection, "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'");
    if (directory.isEmpty()) {
      return UNKNOWN;
    }
    try {
      Path path = Path.of(directory.get(0));
      return Files.isDirectory(path) ? Files.getFileStore(path).getUsableSpace() : UNKNOWN;
    } catch (IOException | InvalidPathException e) {
      return UNKNOWN;
    }
  }

  private boolean isLocal() {
    try {
      return InetAddress.getByName(source.url().host()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
