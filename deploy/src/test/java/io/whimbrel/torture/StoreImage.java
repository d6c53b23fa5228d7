// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a store holds, small enough to be kept and compared. Rows and texts are digests.
 *
 * @param texts what each memory reads as, by its key
 * @param tables the rows of each table of the application, in the order of their text; of the
 *     memories all columns
 * @param carried the same without the two columns of the memories that a migration changes
 * @param definitions of everything of the application's, and the journal mode
 * @param ours tables and schemas that a migration made
 */
record StoreImage(
    Map<String, List<String>> texts,
    Map<String, List<Row>> tables,
    Map<String, List<Row>> carried,
    List<String> definitions,
    List<String> ours) {

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
