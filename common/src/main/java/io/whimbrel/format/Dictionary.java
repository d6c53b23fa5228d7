// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

/** A dictionary. */
public final class Dictionary {
  public Dictionary(int id, byte[] body) {}
}
