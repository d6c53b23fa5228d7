// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.demo.DemoOptions;
import io.whimbrel.demo.DemoStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A SQLite store that was written to for a while, with the record of it. */
record LoadedStore(Path file, Path logs, Originals originals, Values values) {

  private static final long SEED = 5;
  private static final int OPERATIONS = 600;

  /** A demonstration store after some hundred operations, two writers taking turns. */
  static LoadedStore make(Path folder) throws IOException, SQLException, InterruptedException {
    Path file = folder.resolve("store.db");
    Target target = Target.parse("sqlite:///" + file);
    try (Connection connection = target.connect()) {
      new DemoStore(DemoOptions.of(300)).fill(connection);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode = wal");
      }
    }
    Originals originals = Originals.of(target);
    Path logs = Files.createDirectory(folder.resolve("logs"));
    Values values = new Values(SEED);
    try (LoadGenerator load = LoadGenerator.start(target, values, originals, logs, SEED, 2, 0)) {
      eventually(Duration.ofSeconds(60), () -> operations(logs) >= OPERATIONS);
      load.stop();
    }
    return new LoadedStore(file, logs, originals, values);
  }

  private static long operations(Path logs) {
    try {
      return WrittenLog.readAll(logs).stream().mapToLong(log -> log.operations().size()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another store with the same content and the same record. */
  LoadedStore copy(Path folder) throws IOException {
    Path copy = folder.resolve("copy.db");
    Files.copy(file, copy);
    return new LoadedStore(copy, logs, originals, values);
  }

  Target target() {
    return Target.parse("sqlite:///" + file);
  }

  Promises promises() throws IOException {
    return Promises.of(originals, WrittenLog.readAll(logs));
  }

  CheckResult check() throws IOException, SQLException {
    return check(promises());
  }

  CheckResult check(Promises promises) throws SQLException {
    return StoreCheck.of(target(), originals, values, promises);
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = target().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
      }
    }
  }

  List<Long> keys(String query) throws SQLException {
    try (Connection connection = target().connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<Long> keys = new ArrayList<>();
      while (row.next()) {
        keys.add(row.getLong(1));
      }
      return keys;
    }
  }

  /** A key whose row was written by the load, every column of it. */
  long writtenKey() throws IOException {
    return promises().present().entrySet().stream()
        .filter(
            row -> row.getKey() > 0 && row.getValue().equals(RowState.of(row.getValue().text())))
        .filter(row -> !Versions.isOriginal(row.getValue().text()))
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst()
        .orElseThrow();
  }

  /** Keys whose rows nobody has written. */
  List<Long> untouchedKeys() throws IOException {
    return promises().present().entrySet().stream()
        .filter(row -> row.getValue().equals(RowState.of(row.getKey())))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** An original key that was deleted and not used again. */
  long deletedKey() throws IOException {
    Map<Long, RowState> present = promises().present();
    return originals.keys().stream()
        .filter(key -> !present.containsKey(key))
        .sorted()
        .findFirst()
        .orElseThrow();
  }
}
