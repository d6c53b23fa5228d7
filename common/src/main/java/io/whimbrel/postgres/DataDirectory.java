// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the server keeps its data, which can be seen on the same machine only. */
final class DataDirectory {

  private final ConnectionSource source;

  DataDirectory(ConnectionSource source) {
    this.source = source;
  }

  /** Null when it cannot be seen from here. */
  @Nullable Path find(Connection connection) throws SQLException {
    if (!isLocal()) {
      return null;
    }
    // Null without the right to see it; the setting itself would be an error.
    List<String> directory =
        Catalog.texts(
            connection, "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'");
    if (directory.isEmpty()) {
      return null;
    }
    try {
      Path path = Path.of(directory.get(0));
      return Files.isDirectory(path) ? path : null;
    } catch (InvalidPathException e) {
      return null;
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
