// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a store holds, small enough to be kept and compared. Rows and texts are digests.
 *
 * @param texts what each memory reads as, by its key
 * @param tables the rows of each table of the application, in the order of their text
 * @param definitions of everything of the application's, and the journal mode
 * @param ours tables and schemas that a migration made
 * @param failures what the ledger says of damaged memories; empty without a ledger
 */
record StoreImage(
    Map<String, List<String>> texts,
    Map<String, List<Row>> tables,
    List<String> definitions,
    List<String> ours,
    List<String> failures) {

  /** Which columns of the memories count. */
  enum Columns {
    ALL,
    /** Those that a migration leaves as they are: its own and what it changes are left out. */
    CARRIED
  }

  private static final Set<String> NOT_CARRIED =
      Set.of(
          "content",
          "content_compressed",
          "content_segment",
          "content_offset",
          "content_length",
          "content_crc32c");

  static List<String> carried(List<String> columns) {
    return columns.stream().filter(name -> !NOT_CARRIED.contains(name)).toList();
  }

  /**
   * A row.
   *
   * @param key the text of its first column
   * @param digest of the whole
   */
  record Row(String key, String digest) {

    static Row of(String text) {
      int end = 0;
      while (end < text.length() && ",|".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      return new Row(text.substring(0, Math.min(end, 64)), digestOf(text));
    }
  }

  static String digestOf(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static Map<String, List<Row>> rowsOf(Map<String, List<String>> tables) {
    Map<String, List<Row>> rows = new TreeMap<>();
    tables.forEach((table, texts) -> rows.put(table, texts.stream().map(Row::of).toList()));
    return rows;
  }
}
