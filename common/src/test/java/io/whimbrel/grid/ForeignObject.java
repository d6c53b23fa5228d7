// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that only Java's own serialization can carry, and that notices when it is made from
 * bytes.
 */
final class ForeignObject implements Serializable {
  private static final long serialVersionUID = 1L;

  static final AtomicInteger created = new AtomicInteger();

  private final String text;

  ForeignObject(String text) {
    this.text = text;
    created.incrementAndGet();
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    created.incrementAndGet();
  }

  @Override
  public String toString() {
    return text;
  }
}
