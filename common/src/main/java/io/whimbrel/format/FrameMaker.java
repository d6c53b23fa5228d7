// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

/** Compresses; its own so that a test can have one that lies. */
interface FrameMaker extends AutoCloseable {

  /** A zstd frame of the first {@code length} bytes. */
  byte[] frameOf(byte[] raw, int length);

  @Override
  void close();
}
