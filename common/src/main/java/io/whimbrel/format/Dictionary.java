// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trained dictionary. What the library makes of it for a level is built once and shared by all
 * threads. It lives as long as the process needs it: close it after every packer and unpacker that
 * uses it. Thread-safe.
 */
public final class Dictionary implements AutoCloseable {

  private final int id;
  private final byte[] body;
  private final Map<Integer, ZstdDictCompress> compressors = new HashMap<>();
  private @Nullable ZstdDictDecompress decompressor;
  private boolean isClosed;

  /**
   * A dictionary as it is stored.
   *
   * @param id its id in the store, which is not the number inside the body
   */
  public Dictionary(int id, byte[] body) {
    if (body.length == 0) {
      throw new IllegalArgumentException("an empty dictionary: dictionary=" + id);
    }
    this.id = id;
    this.body = body.clone();
  }

  public int id() {
    return id;
  }

  /** A copy of the dictionary's bytes. */
  public byte[] body() {
    return body.clone();
  }

  synchronized ZstdDictCompress compressor(int level) {
    checkOpen();
    return compressors.computeIfAbsent(level, key -> new ZstdDictCompress(body, key));
  }

  synchronized ZstdDictDecompress decompressor() {
    checkOpen();
    if (decompressor == null) {
      decompressor = new ZstdDictDecompress(body);
    }
    return decompressor;
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    compressors.values().forEach(ZstdDictCompress::close);
    compressors.clear();
    if (decompressor != null) {
      decompressor.close();
      decompressor = null;
    }
  }

  private void checkOpen() {
    if (isClosed) {
      throw new IllegalStateException("the dictionary is closed: dictionary=" + id);
    }
  }
}
