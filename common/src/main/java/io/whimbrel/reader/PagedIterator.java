// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Asks for the page after the last key whenever one is used up. */
final class PagedIterator implements MemoryIterator {

  /** Gives the memories after a key, or the first ones after null; none at the end. */
  @FunctionalInterface
  interface Pages {
    List<Memory> after(@Nullable String key);
  }

  private final Pages pages;
  private List<Memory> page = List.of();
  private int index;
  private @Nullable String last;
  private boolean ended;

  PagedIterator(Pages pages) {
    this.pages = pages;
  }

  @Override
  public boolean hasNext() {
    if (index == page.size() && !ended) {
      page = pages.after(last);
      index = 0;
      ended = page.isEmpty();
    }
    return index < page.size();
  }

  @Override
  public Memory next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no memory is left");
    }
    Memory memory = page.get(index++);
    last = memory.key();
    return memory;
  }

  @Override
  public void close() {
    page = List.of();
    index = 0;
    ended = true;
  }
}
