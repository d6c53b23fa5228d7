// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Packs texts as the legacy application did. Not thread-safe. */
final class LegacyCodec implements AutoCloseable {
  /** Shorter texts, in code points, the application left plain. */
  static final int ZLIB_CHARS_MIN = 100;

  /** Longer texts, in code points, it packed whether that paid or not. */
  static final int PLAIN_CHARS_MAX = 50_000;

  /** Its older helper used gzip above this many UTF-8 bytes. */
  static final int GZIP_BYTES_ABOVE = 10_240;

  private static final int GZIP_TIME_OFFSET = 4;
  private static final int GZIP_EXTRA_FLAGS_OFFSET = 8;

  private final Deflater deflater = new Deflater(6);
  private final byte[] buffer = new byte[8_192];

  /** A zlib stream. */
  byte[] zlib(byte[] bytes) {
    deflater.reset();
    deflater.setInput(bytes);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    return out.toByteArray();
  }

  /** A gzip file at level 9 whose header holds the time of writing, in seconds since 1970. */
  static byte[] gzip(byte[] bytes, int epochSeconds) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
    try (OutputStream packed = new BestGzip(out)) {
      packed.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    byte[] file = out.toByteArray();
    for (int i = 0; i < 4; i++) {
      file[GZIP_TIME_OFFSET + i] = (byte) (epochSeconds >>> (8 * i));
    }
    // Level 9 and "unknown system", as the application's library wrote and Java does not.
    file[GZIP_EXTRA_FLAGS_OFFSET] = 2;
    file[GZIP_EXTRA_FLAGS_OFFSET + 1] = (byte) 0xFF;
    return file;
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    deflater.end();
  }

  private static final class BestGzip extends GZIPOutputStream {
    BestGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
