// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.reader.Memory;
import io.whimbrel.reader.MemoryReader;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Every memory of a store as it was before the trial, by key. Immutable. */
final class Originals {

  private static final int FETCH_ROWS = 1_000;

  private final Map<Long, Original> byKey;

  private Originals(Map<Long, Original> byKey) {
    this.byKey = byKey;
  }

  Set<Long> keys() {
    return Collections.unmodifiableSet(byKey.keySet());
  }

  /**
   * @throws IllegalArgumentException when there was no such memory
   */
  Original get(long key) {
    Original original = byKey.get(key);
    if (original == null) {
      throw new IllegalArgumentException("no such original: key=" + key);
    }
    return original;
  }

  /** Reads a store that nobody writes. */
  static Originals of(Target target) throws SQLException {
    Digests digests = new Digests();
    Map<Long, Long> stored = stored(target, digests);
    Map<Long, Original> byKey = new HashMap<>();
    try (MemoryReader reader = target.openReader()) {
      reader.forEach(memory -> byKey.put(key(memory), original(memory, stored, digests)));
    }
    if (byKey.size() != stored.size()) {
      throw new IllegalStateException("read=" + byKey.size() + " rows=" + stored.size());
    }
    return new Originals(byKey);
  }

  private static Original original(Memory memory, Map<Long, Long> stored, Digests digests) {
    Long raw = stored.get(key(memory));
    if (raw == null) {
      throw new IllegalStateException("the store changes: key=" + memory.key());
    }
    return new Original(
        digests.ofText(memory),
        raw,
        digests.ofDecoded(memory),
        digests.ofTitle(memory),
        digests.ofRest(memory));
  }

  static long key(Memory memory) {
    return Long.parseLong(memory.key());
  }

  private static Map<Long, Long> stored(Target target, Digests digests) throws SQLException {
    Map<Long, Long> stored = new HashMap<>();
    try (Connection connection = target.connect()) {
      // The driver reads everything at once otherwise.
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(FETCH_ROWS);
        try (ResultSet row = statement.executeQuery("SELECT id, content FROM memories")) {
          while (row.next()) {
            stored.put(row.getLong(1), digests.ofStored(row.getString(2)));
          }
        }
      }
      connection.rollback();
    }
    return stored;
  }

  void write(Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(byKey.size());
      for (Map.Entry<Long, Original> entry : byKey.entrySet()) {
        out.writeLong(entry.getKey());
        out.writeLong(entry.getValue().text());
        out.writeLong(entry.getValue().stored());
        out.writeLong(entry.getValue().decoded());
        out.writeLong(entry.getValue().title());
        out.writeLong(entry.getValue().rest());
      }
    }
  }

  static Originals read(Path file) throws IOException {
    Map<Long, Original> byKey = new HashMap<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        byKey.put(
            in.readLong(),
            new Original(
                in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong()));
      }
    }
    return new Originals(byKey);
  }
}
