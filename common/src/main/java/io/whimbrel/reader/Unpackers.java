// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.StoredContent;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Decoders and unpackers that are used by one thread at a time and then by another, and the
 * dictionaries they share. Thread-safe; closing it ends the use of all.
 */
final class Unpackers implements AutoCloseable {

  private final Map<Integer, Dictionary> dictionaries = new ConcurrentHashMap<>();
  // Kept open to the end: another thread may be using one.
  private final Queue<Dictionary> retired = new ConcurrentLinkedQueue<>();
  private final Queue<Bench> idle = new ConcurrentLinkedQueue<>();
  private volatile int generation;

  /** What one thread works with. An unpacker remembers its dictionary, hence the generation. */
  private record Bench(int generation, LegacyContentDecoder decoder, SegmentUnpacker unpacker) {}

  /** Makes the segment's dictionary known, if there is one. */
  void learnDictionary(Snapshot snapshot, Segment segment) throws SQLException {
    Integer id = segment.dictionaryId();
    if (id != null && !dictionaries.containsKey(id)) {
      learn(id, snapshot.dictionary(id));
    }
  }

  private void learn(int id, @Nullable Dictionary dictionary) {
    if (dictionary != null && dictionaries.putIfAbsent(id, dictionary) != null) {
      dictionary.close();
    }
  }

  /**
   * Takes the segment's dictionary from the store once more. Ids of segments are never used twice,
   * but after a rollback a new migration numbers its dictionaries from the beginning.
   */
  void learnDictionaryAgain(Snapshot snapshot, Segment segment) throws SQLException {
    Integer id = segment.dictionaryId();
    if (id != null) {
      learnAgain(id, snapshot.dictionary(id));
    }
  }

  private void learnAgain(int id, @Nullable Dictionary fresh) {
    Dictionary known = dictionaries.get(id);
    if (known == null) {
      learn(id, fresh);
      return;
    }
    if (fresh != null && Arrays.equals(fresh.body(), known.body())) {
      fresh.close();
      return;
    }
    boolean replaced =
        fresh == null ? dictionaries.remove(id, known) : dictionaries.replace(id, known, fresh);
    if (replaced) {
      retired.add(known);
      forgetUnpackers();
    } else if (fresh != null) {
      fresh.close();
    }
  }

  /** Whether the store has the dictionary in this snapshot, whatever is known already. */
  boolean hasDictionary(Snapshot snapshot, int id) throws SQLException {
    Dictionary fresh = snapshot.dictionary(id);
    boolean exists = fresh != null;
    learnAgain(id, fresh);
    return exists;
  }

  private synchronized void forgetUnpackers() {
    generation++;
  }

  /** The segment's raw bytes; its dictionary must have been learned. */
  byte[] unpack(Segment segment) {
    Bench bench = take();
    try {
      return bench.unpacker().unpack(segment);
    } finally {
      idle.add(bench);
    }
  }

  DecodedContent decode(StoredContent stored) {
    Bench bench = take();
    try {
      return bench.decoder().decode(stored);
    } finally {
      idle.add(bench);
    }
  }

  private Bench take() {
    int current = generation;
    for (Bench bench = idle.poll(); bench != null; bench = idle.poll()) {
      if (bench.generation() == current) {
        return bench;
      }
      bench.unpacker().close();
    }
    return new Bench(current, new LegacyContentDecoder(), new SegmentUnpacker(dictionaries::get));
  }

  @Override
  public void close() {
    for (Bench bench = idle.poll(); bench != null; bench = idle.poll()) {
      bench.unpacker().close();
    }
    dictionaries.values().forEach(Dictionary::close);
    dictionaries.clear();
    retired.forEach(Dictionary::close);
    retired.clear();
  }
}
