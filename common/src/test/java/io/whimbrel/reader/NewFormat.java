// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentPacker;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Writes the new format by hand, so that the reader is tested against the rules, not a writer. */
final class NewFormat {

  static final String[] SQLITE_TABLES = {
    "CREATE TABLE memory_segments (segment_id INTEGER PRIMARY KEY, dictionary_id INTEGER,"
        + " raw_size INTEGER NOT NULL, memory_count INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE memory_dictionaries (dictionary_id INTEGER PRIMARY KEY,"
        + " trained_on INTEGER NOT NULL, created_at TEXT, body BLOB NOT NULL)",
    "CREATE TABLE memories (id INTEGER PRIMARY KEY, title TEXT NOT NULL, content TEXT,"
        + " content_compressed BOOLEAN, content_size INTEGER, content_segment INTEGER,"
        + " content_offset INTEGER, content_length INTEGER, content_crc32c INTEGER)"
  };

  private NewFormat() {}

  /** Packs texts under the keys 1 to n, or moves them when such rows exist. */
  static void pack(
      Db db, long rangeId, int targetRawBytes, @Nullable Dictionary dictionary, List<String> texts)
      throws SQLException {
    List<Segment> segments = new ArrayList<>();
    List<Pointer> pointers = new ArrayList<>();
    try (SegmentPacker packer =
        new SegmentPacker(rangeId, 0, dictionary, 3, targetRawBytes, segments::add)) {
      texts.forEach(text -> pointers.add(packer.add(text.getBytes(UTF_8))));
      packer.finish();
    }
    for (Segment segment : segments) {
      db.update(
          "INSERT INTO memory_segments (segment_id, dictionary_id, raw_size, memory_count, body)"
              + " VALUES (?, ?, ?, ?, ?)",
          segment.segmentId(),
          segment.dictionaryId(),
          segment.rawSize(),
          segment.memoryCount(),
          segment.body());
    }
    for (int index = 0; index < pointers.size(); index++) {
      point(db, index + 1, pointers.get(index));
    }
  }

  static void point(Db db, long id, Pointer pointer) throws SQLException {
    int moved =
        db.update(
            "UPDATE memories SET content = NULL, content_segment = ?, content_offset = ?,"
                + " content_length = ?, content_crc32c = ? WHERE id = ?",
            pointer.segmentId(),
            pointer.offset(),
            pointer.length(),
            pointer.crc32c(),
            id);
    if (moved == 0) {
      db.update(
          "INSERT INTO memories (id, title, content_segment, content_offset, content_length,"
              + " content_crc32c) VALUES (?, ?, ?, ?, ?, ?)",
          id,
          "memory " + id,
          pointer.segmentId(),
          pointer.offset(),
          pointer.length(),
          pointer.crc32c());
    }
  }

  /** Any bytes can serve as a dictionary. */
  static Dictionary dictionary(Db db, int id, String text) throws SQLException {
    byte[] body = text.getBytes(UTF_8);
    db.update("DELETE FROM memory_dictionaries WHERE dictionary_id = ?", id);
    db.update(
        "INSERT INTO memory_dictionaries (dictionary_id, trained_on, body) VALUES (?, 1, ?)",
        id,
        body);
    return new Dictionary(id, body);
  }

  /** Texts of a few words each, always the same for a seed. */
  static List<String> texts(int count, long seed) {
    String[] words = {"whimbrel", "tide", "Küste", "северный", "wind", "🪶", "flight", "night"};
    Random random = new Random(seed);
    List<String> texts = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      StringBuilder text = new StringBuilder("memory " + (index + 1));
      for (int word = random.nextInt(40); word > 0; word--) {
        text.append(' ').append(words[random.nextInt(words.length)]);
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
