// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

class SpareReaderIT {

  private final List<Connection> opened = new ArrayList<>();
  private AgentStore agent;
  private SpareReader reader;

  @BeforeEach
  void begin(@TempDir Path folder) throws SQLException {
    agent = AgentStore.create(folder.resolve("memory.db"), AgentStore.CURRENT);
    agent.fill(3);
    reader =
        new SpareReader(
            () -> {
              Connection connection =
                  JDBC.createConnection("jdbc:sqlite:" + agent.file, new Properties());
              opened.add(connection);
              return connection;
            },
            new ReentrantReadWriteLock().readLock());
  }

  @AfterEach
  void end() throws SQLException {
    reader.suspend();
    for (Connection connection : opened) {
      assertThat(connection.isClosed()).isTrue();
    }
    agent.close();
  }

  private static long count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return Sqlite.number(statement, "SELECT count(*) FROM memories");
    }
  }

  @Test
  void oneConnection_servesReadsThatFollowEachOther_eachWithWhatIsThereThen() throws SQLException {
    assertThat(reader.<Long>read(SpareReaderIT::count)).isEqualTo(3);
    agent.add(4, "v1");
    assertThat(reader.<Long>read(SpareReaderIT::count)).isEqualTo(4);
    assertThat(opened).hasSize(1);
  }

  @Test
  void aReadWithinARead_hasAConnectionOfItsOwn_andOneIsKept() throws SQLException {
    long both = reader.<Long>read(outer -> count(outer) + reader.<Long>read(SpareReaderIT::count));
    assertThat(both).isEqualTo(6);
    assertThat(opened).hasSize(2);
    assertThat(opened.stream().filter(SpareReaderIT::isOpen)).hasSize(1);
  }

  @Test
  void aConnection_isNotKept_afterAnError() {
    assertThatThrownBy(
            () ->
                reader.read(
                    connection -> {
                      throw new SQLException("broken");
                    }))
        .hasMessage("broken");
    assertThat(opened).hasSize(1);
    assertThat(isOpen(opened.get(0))).isFalse();
  }

  @Test
  void nothingIsKept_whileSuspended_alsoOfAReadThatWasUnderWay() throws SQLException {
    reader.read(
        connection -> {
          reader.suspend();
          return count(connection);
        });
    assertThat(isOpen(opened.get(0))).isFalse();
    assertThat(reader.<Long>read(SpareReaderIT::count)).isEqualTo(3);
    assertThat(isOpen(opened.get(1))).isFalse();
    reader.resume();
    assertThat(reader.<Long>read(SpareReaderIT::count)).isEqualTo(3);
    assertThat(isOpen(opened.get(2))).isTrue();
  }

  private static boolean isOpen(Connection connection) {
    try {
      return !connection.isClosed();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
