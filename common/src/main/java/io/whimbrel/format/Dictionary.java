// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import java.util.concurrent.ConcurrentHashMap;

/** A trained dictionary, digested once for each use. Thread-safe. */
public final class Dictionary implements AutoCloseable {
  private final int id;
  private final byte[] body;
  private final ConcurrentHashMap<Integer, ZstdDictCompress> compress = new ConcurrentHashMap<>();
  private final ZstdDictDecompress decompress;

  public Dictionary(int id, byte[] body) {
    this.id = id;
    this.body = body;
    this.decompress = new ZstdDictDecompress(body);
  }

  public int id() {
    return id;
  }

  public byte[] body() {
    return body;
  }

  ZstdDictCompress forCompression(int level) {
    return compress.computeIfAbsent(level, l -> new ZstdDictCompress(body, l));
  }

  ZstdDictDecompress forDecompression() {
    return decompress;
  }

  @Override
  public void close() {
    decompress.close();
    compress.values().forEach(ZstdDictCompress::close);
  }
}
