// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import io.whimbrel.testing.PostgresServer;
import io.whimbrel.testing.PostgresServer.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/** The databases that tests run on. */
enum Backend {
  SQLITE,
  POSTGRES_NEWEST,
  POSTGRES_OLDEST;

  // A server takes seconds to start, so all tests of this process share one of each version. The
  // server's own shutdown hook ends it with the process.
  private static final Map<Version, PostgresServer> SERVERS = new EnumMap<>(Version.class);

  /** An empty store. */
  TestStore newStore(Path folder) throws IOException, SQLException {
    return switch (this) {
      case SQLITE -> SqliteTestStore.in(folder);
      case POSTGRES_NEWEST -> PostgresTestStore.on(server(Version.NEWEST));
      case POSTGRES_OLDEST -> PostgresTestStore.on(server(Version.OLDEST));
    };
  }

  static synchronized PostgresServer server(Version version) {
    return SERVERS.computeIfAbsent(version, PostgresServer::start);
  }
}
