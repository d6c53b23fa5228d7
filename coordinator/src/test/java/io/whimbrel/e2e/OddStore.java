// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store that is odd in one way, and what must become of it. */
final class OddStore {

  /** What an SQL NULL reads as. */
  static final String ABSENT = "<absent>";

  /** Long enough not to stay inline. */
  static final String TEXT =
      "The tide table for October hangs beside the door, and nobody has looked at it since.";

  /** Fills an empty store. */
  interface Making {
    void make(TestStore store) throws Exception;
  }

  /** A query of one column, and the rows it must bring. */
  record Probe(String query, List<String> rows) {}

  /** A statement with a text that is too long to stand in it. */
  record Fill(String sql, String text) {}

  /** What an application does after the migration, with the names that it always used. */
  record Insert(String sql, String key, String readsAs) {}

  private final String name;
  private final Making making;
  private final List<String> mustSay;
  private final Map<String, String> reads = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<Probe> probes = new ArrayList<>();
  private final List<Insert> inserts = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final List<Fill> fills = new ArrayList<>();
  private String refusedInPlace = "";
  private String databaseOptions = "";

  private OddStore(String name, Making making, List<String> mustSay) {
    this.name = name;
    this.making = making;
    this.mustSay = List.copyOf(mustSay);
  }

  static OddStore migrated(String name, Making making) {
    return new OddStore(name, making, List.of());
  }

  static OddStore migrated(String name, String... sql) {
    return migrated(name, store -> store.execute(sql));
  }

  /**
   * A store that is refused.
   *
   * @param mustSay what the message holds, the name of the object in the way among it
   */
  static OddStore refused(String name, List<String> mustSay, String... sql) {
    if (mustSay.isEmpty()) {
      throw new IllegalArgumentException("a refusal must say why: name=" + name);
    }
    return new OddStore(name, store -> store.execute(sql), mustSay);
  }

  /** Puts a long text where the statement has its parameter. */
  OddStore fills(String sql, String text) {
    fills.add(new Fill(sql, text));
    return this;
  }

  /** A memory, and what it reads as before the migration, after it and after the way back. */
  OddStore reads(String key, String text) {
    reads.put(key, text);
    return this;
  }

  OddStore readsAbsent(String key) {
    return reads(key, ABSENT);
  }

  /** A memory that reads as bytes: of a BLOB, or of a text that is not UTF-8. */
  OddStore readsBytes(String key, String kind, String hex) {
    return reads(key, bytes(kind, hex));
  }

  static String bytes(String kind, String hex) {
    return "<" + kind + " " + hex + ">";
  }

  /** A memory that must be listed, with its severity and reason. */
  OddStore lists(String key, String severity, String reason) {
    problems.add(key + " " + severity + " " + reason);
    if (severity.equals("QUARANTINE") && !options.contains("--max-failure-rate")) {
      with("--max-failure-rate", "1");
    }
    return this;
  }

  /** Options of every `migrate`. */
  OddStore with(String... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** Needs a database made with these options. */
  OddStore inDatabase(String databaseOptions) {
    this.databaseOptions = databaseOptions;
    return this;
  }

  /** A second migration, which packs where the rows are, is refused and says this. */
  OddStore refusesToPackInPlace(String says) {
    refusedInPlace = says;
    return this;
  }

  OddStore inserts(String sql, String key, String readsAs) {
    inserts.add(new Insert(sql, key, readsAs));
    return this;
  }

  /** Asked when the application has inserted, or after a refusal. */
  OddStore finds(String query, String... rows) {
    probes.add(new Probe(query, List.of(rows)));
    return this;
  }

  String name() {
    return name;
  }

  void make(TestStore store) throws Exception {
    making.make(store);
    for (Fill fill : fills) {
      try (Connection connection = store.connect();
          PreparedStatement statement = connection.prepareStatement(fill.sql())) {
        statement.setString(1, fill.text());
        statement.executeUpdate();
      }
    }
  }

  boolean isRefused() {
    return !mustSay.isEmpty();
  }

  List<String> mustSay() {
    return mustSay;
  }

  Map<String, String> reads() {
    return reads;
  }

  List<String> problems() {
    return problems;
  }

  List<Probe> probes() {
    return probes;
  }

  List<Insert> inserts() {
    return inserts;
  }

  String databaseOptions() {
    return databaseOptions;
  }

  String refusedInPlace() {
    return refusedInPlace;
  }

  List<String> options() {
    return options;
  }

  @Override
  public String toString() {
    return name;
  }
}
