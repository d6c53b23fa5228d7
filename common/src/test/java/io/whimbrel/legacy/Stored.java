// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Contents as the old applications stored them. */
final class Stored {

  private Stored() {}

  static StoredContent unflagged(String stored, @Nullable Long size) {
    return new StoredContent(
        stored.getBytes(UTF_8), StorageClass.TEXT, false, size, Stored::chunksAreNotWanted);
  }

  static StoredContent flagged(String stored, @Nullable Long size) {
    return new StoredContent(
        stored.getBytes(UTF_8), StorageClass.TEXT, true, size, Stored::chunksAreNotWanted);
  }

  static StoredContent chunked(@Nullable Long size, Chunk... chunks) {
    return new StoredContent(new byte[0], StorageClass.TEXT, true, size, () -> List.of(chunks));
  }

  static Chunk plainChunk(long index, String text, @Nullable String metadata) {
    return new Chunk(index, text.getBytes(UTF_8), "none", metadata);
  }

  static Chunk packedChunk(long index, String base64, @Nullable String metadata) {
    return new Chunk(index, base64.getBytes(UTF_8), "zstd", metadata);
  }

  static String zlibBase64(String text) {
    return base64(zlib(text.getBytes(UTF_8)));
  }

  static String gzipBase64(String text) {
    return base64(gzip(text.getBytes(UTF_8)));
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] zlib(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static List<Chunk> chunksAreNotWanted() {
    throw new AssertionError("chunks were asked for");
  }
}
