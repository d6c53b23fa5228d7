// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Reads legacy memories back by the rules of the layout alone, without knowing what was meant. */
final class LegacyReader {
  /**
   * A memory as it lies in the store.
   *
   * @param text what can be read of it, empty when nothing can
   */
  record Found(
      long id,
      DemoForm form,
      Optional<String> text,
      String content,
      int size,
      List<String> hashes) {}

  private LegacyReader() {}

  static List<Found> all(Connection connection) throws SQLException {
    List<Found> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id, content, content_compressed, content_size FROM memories ORDER BY id")) {
      while (rows.next()) {
        found.add(
            read(
                connection,
                rows.getLong(1),
                rows.getString(2),
                rows.getBoolean(3),
                rows.getInt(4)));
      }
    }
    return found;
  }

  private static Found read(Connection connection, long id, String content, boolean flag, int size)
      throws SQLException {
    if (!flag) {
      boolean cut = size > content.codePointCount(0, content.length());
      DemoForm damage = content.isEmpty() ? DemoForm.INTERRUPTED_CREATE : DemoForm.CUT_TEXT;
      DemoForm form = cut ? damage : DemoForm.PLAIN;
      return new Found(id, form, Optional.of(content), content, size, List.of());
    }
    if (content.isEmpty()) {
      return readChunks(connection, id, size);
    }
    byte[] bytes = base64(content);
    boolean zlib = bytes.length > 2 && bytes[0] == 0x78;
    boolean gzip = bytes.length > 2 && bytes[0] == 0x1F && bytes[1] == (byte) 0x8B;
    if (!zlib && !gzip) {
      return new Found(id, DemoForm.WRONG_FLAG, Optional.of(content), content, size, List.of());
    }
    Optional<String> text = unpack(bytes);
    DemoForm whole = zlib ? DemoForm.ZLIB : DemoForm.GZIP;
    DemoForm form = text.isPresent() ? whole : DemoForm.CUT_BASE64;
    return new Found(id, form, text, content, size, List.of());
  }

  private static Found readChunks(Connection connection, long id, int size) throws SQLException {
    StringBuilder text = new StringBuilder();
    List<String> hashes = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT chunk_data, compression_type, chunk_metadata FROM memory_chunks"
                + " WHERE memory_id = ? ORDER BY chunk_index")) {
      select.setLong(1, id);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          String data = rows.getString(1);
          text.append(rows.getString(2).equals("none") ? data : unpack(base64(data)).orElseThrow());
          hashes.add(rows.getString(3).replaceAll(".*\"hash\": \"([0-9a-f]{64})\"\\}", "$1"));
        }
      }
    }
    String joined = text.toString();
    boolean whole = joined.codePointCount(0, joined.length()) == size;
    DemoForm form = whole ? DemoForm.CHUNKED : DemoForm.CUT_CHUNKS;
    return new Found(id, form, Optional.of(joined), "", size, hashes);
  }

  /** Empty bytes when it is not base64. */
  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static Optional<String> unpack(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    InputStream packed = new ByteArrayInputStream(bytes);
    try (InputStream in =
        bytes[0] == 0x78 ? new InflaterInputStream(packed) : new GZIPInputStream(packed)) {
      in.transferTo(out);
      return Optional.of(out.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // A stream that ends too early or is no stream at all: nothing can be read.
      return Optional.empty();
    }
  }
}
