// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.util.Iterator;

/** A walk over memories in key order. Belongs to one thread. */
public interface MemoryIterator extends Iterator<Memory>, AutoCloseable {

  /** Ends the walk: nothing follows. */
  @Override
  void close();
}
