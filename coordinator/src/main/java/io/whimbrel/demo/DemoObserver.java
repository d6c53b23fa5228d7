// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/** Is told of every memory as it is made, in key order; for progress and for later comparison. */
@FunctionalInterface
public interface DemoObserver {
  /**
   * @param id the memory's key
   * @param form how it is stored
   * @param readsAs the text that the stored form holds; for {@link DemoForm#CUT_BASE64} its stored
   *     characters, since nothing else is left of it
   */
  void made(long id, DemoForm form, String readsAs);
}
