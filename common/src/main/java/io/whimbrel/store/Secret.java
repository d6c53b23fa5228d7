// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/** A password or token whose text never appears in {@link #toString()}, so that no log shows it. */
public record Secret(String text) {
  @Override
  public String toString() {
    return "***";
  }
}
