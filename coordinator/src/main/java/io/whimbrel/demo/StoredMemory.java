// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.util.List;

/**
 * A memory's content as the legacy application left it.
 *
 * @param flag {@code content_compressed}
 * @param size {@code content_size}, code points of the original
 * @param readsAs see {@link DemoObserver#made}
 * @param textBytes UTF-8 bytes of the original
 */
record StoredMemory(
    DemoForm form,
    String content,
    boolean flag,
    int size,
    String readsAs,
    long textBytes,
    List<Chunk> chunks) {
  StoredMemory {
    chunks = List.copyOf(chunks);
  }

  /** A row of {@code memory_chunks}; its index is its place in the list. */
  record Chunk(String data, String metadata, String compression) {}
}
