// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The legacy tables as the application's mapper made them: no defaults, a second index on every
 * key, no index on any foreign key. The two databases differ in three type names only.
 */
enum DemoSchema {
  SQLITE("INTEGER NOT NULL", "DATETIME", "BLOB"),
  POSTGRESQL("SERIAL NOT NULL", "TIMESTAMP WITHOUT TIME ZONE", "BYTEA");

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE users (
            id %KEY%,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            hashed_password VARCHAR(255) NOT NULL,
            is_active BOOLEAN,
            is_admin BOOLEAN,
            created_at %TIME%,
            updated_at %TIME%,
            PRIMARY KEY (id)
          )""",
          """
          CREATE TABLE contexts (
            id %KEY%,
            name VARCHAR(100) NOT NULL,
            description TEXT,
            access_level VARCHAR(20),
            owner_id INTEGER NOT NULL,
            created_at %TIME%,
            updated_at %TIME%,
            is_active BOOLEAN,
            context_metadata JSON,
            PRIMARY KEY (id),
            FOREIGN KEY (owner_id) REFERENCES users (id)
          )""",
          """
          CREATE TABLE memories (
            id %KEY%,
            title VARCHAR(200) NOT NULL,
            content TEXT NOT NULL,
            access_level VARCHAR(20),
            owner_id INTEGER NOT NULL,
            context_id INTEGER,
            created_at %TIME%,
            updated_at %TIME%,
            version INTEGER,
            is_active BOOLEAN,
            memory_metadata JSON,
            embedding_vector %BYTES%,
            content_compressed BOOLEAN,
            content_size INTEGER,
            access_count INTEGER,
            last_accessed %TIME%,
            PRIMARY KEY (id),
            FOREIGN KEY (owner_id) REFERENCES users (id),
            FOREIGN KEY (context_id) REFERENCES contexts (id)
          )""",
          """
          CREATE TABLE relations (
            id %KEY%,
            name VARCHAR(100) NOT NULL,
            source_context_id INTEGER,
            target_memory_id INTEGER,
            source_memory_id INTEGER,
            target_context_id INTEGER,
            owner_id INTEGER NOT NULL,
            strength FLOAT,
            relation_metadata JSON,
            created_at %TIME%,
            updated_at %TIME%,
            is_active BOOLEAN,
            PRIMARY KEY (id),
            FOREIGN KEY (source_context_id) REFERENCES contexts (id),
            FOREIGN KEY (target_memory_id) REFERENCES memories (id),
            FOREIGN KEY (source_memory_id) REFERENCES memories (id),
            FOREIGN KEY (target_context_id) REFERENCES contexts (id),
            FOREIGN KEY (owner_id) REFERENCES users (id)
          )""",
          """
          CREATE TABLE memory_versions (
            id %KEY%,
            memory_id INTEGER NOT NULL,
            version INTEGER NOT NULL,
            title VARCHAR(200) NOT NULL,
            content TEXT NOT NULL,
            created_at %TIME%,
            created_by INTEGER NOT NULL,
            change_description TEXT,
            version_metadata JSON,
            PRIMARY KEY (id),
            FOREIGN KEY (memory_id) REFERENCES memories (id),
            FOREIGN KEY (created_by) REFERENCES users (id)
          )""",
          """
          CREATE TABLE memory_chunks (
            id %KEY%,
            memory_id INTEGER NOT NULL,
            chunk_index INTEGER NOT NULL,
            chunk_data TEXT NOT NULL,
            chunk_metadata JSON,
            compression_type VARCHAR(20),
            created_at %TIME%,
            updated_at %TIME%,
            is_active BOOLEAN,
            PRIMARY KEY (id),
            FOREIGN KEY (memory_id) REFERENCES memories (id)
          )""");

  private final String keyType;
  private final String timeType;
  private final String bytesType;

  DemoSchema(String keyType, String timeType, String bytesType) {
    this.keyType = keyType;
    this.timeType = timeType;
    this.bytesType = bytesType;
  }

  /** The schema for the database at the other end; another product is a programmer's error. */
  static DemoSchema of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return switch (product) {
      case "SQLite" -> SQLITE;
      case "PostgreSQL" -> POSTGRESQL;
      default -> throw new IllegalArgumentException("no such store: product=" + product);
    };
  }

  /**
   * @throws IllegalStateException when one of the tables is there already
   */
  void refuseExisting(Connection connection) throws SQLException {
    for (DemoTable table : DemoTable.values()) {
      if (exists(connection, table.table())) {
        throw new IllegalStateException(
            "a demonstration store needs an empty database, and this one has a table "
                + table.table()
                + "; nothing was changed");
      }
    }
  }

  void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.executeUpdate(
            table
                .replace("%KEY%", keyType)
                .replace("%TIME%", timeType)
                .replace("%BYTES%", bytesType));
      }
      for (DemoTable table : DemoTable.values()) {
        String name = table.table();
        statement.executeUpdate("CREATE INDEX ix_" + name + "_id ON " + name + " (id)");
      }
      statement.executeUpdate("CREATE UNIQUE INDEX ix_users_email ON users (email)");
      statement.executeUpdate("CREATE UNIQUE INDEX ix_users_username ON users (username)");
    }
  }

  /** Where keys come from a sequence, the next one follows the highest that was written. */
  void advanceSequences(Connection connection) throws SQLException {
    if (this == SQLITE) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      for (DemoTable table : DemoTable.values()) {
        statement.execute(
            """
            SELECT setval(pg_get_serial_sequence('%TABLE%', 'id'),
                          coalesce((SELECT max(id) FROM %TABLE%), 1),
                          EXISTS (SELECT FROM %TABLE%))"""
                .replace("%TABLE%", table.table()));
      }
    }
  }

  RowSink sink(Connection connection) throws SQLException {
    return switch (this) {
      case SQLITE -> new InsertSink(connection);
      case POSTGRESQL -> new CopySink(connection);
    };
  }

  private boolean exists(Connection connection, String table) throws SQLException {
    String query =
        switch (this) {
          case SQLITE -> "SELECT 1 FROM sqlite_master WHERE lower(name) = '" + table + "'";
          // Whatever kind of relation holds the name in the schema that tables go to.
          case POSTGRESQL ->
              "SELECT 1 FROM pg_class WHERE relname = '"
                  + table
                  + "' AND relnamespace = current_schema()::regnamespace";
        };
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }
}
