// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Statements that both databases take, and contents as old applications packed them. */
final class OddSql {

  private OddSql() {}

  /** The table with flag and size. */
  static String memories(Backend backend) {
    return backend == Backend.SQLITE
        ? "CREATE TABLE memories (id INTEGER PRIMARY KEY, title TEXT, content TEXT,"
            + " content_compressed BOOLEAN, content_size INTEGER)"
        : "CREATE TABLE memories (id bigint PRIMARY KEY, title text, content text,"
            + " content_compressed boolean, content_size bigint)";
  }

  /** One row; nulls are left to be NULL. */
  static String row(
      Backend backend, long id, @Nullable String content, @Nullable Boolean flag, long size) {
    String flagged =
        flag == null ? "NULL" : backend == Backend.SQLITE ? (flag ? "1" : "0") : flag.toString();
    return "INSERT INTO memories (id, title, content, content_compressed, content_size) VALUES ("
        + id
        + ", 'title "
        + id
        + "', "
        + (content == null ? "NULL" : quote(content))
        + ", "
        + flagged
        + ", "
        + (size < 0 ? "NULL" : Long.toString(size))
        + ")";
  }

  static final long NO_SIZE = -1;

  /** A string constant. */
  static String quote(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** An insert of the usual text. */
  static String insert(long id) {
    return "INSERT INTO memories (id, content) VALUES (" + id + ", " + quote(OddStore.TEXT) + ")";
  }

  static byte[] zlib(byte[] text) {
    return pack(text, DeflaterOutputStream::new);
  }

  static byte[] gzip(byte[] text) {
    return pack(text, GZIPOutputStream::new);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Both after another. */
  static byte[] join(byte[] first, byte[] second) {
    byte[] joined = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  /** The bytes with one changed; a negative place counts from the end. */
  static byte[] spoil(byte[] bytes, int place) {
    byte[] spoilt = bytes.clone();
    spoilt[place < 0 ? bytes.length + place : place] ^= 0x55;
    return spoilt;
  }

  private interface Packer {
    OutputStream over(OutputStream out) throws IOException;
  }

  private static byte[] pack(byte[] text, Packer packer) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = packer.over(packed)) {
      out.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
