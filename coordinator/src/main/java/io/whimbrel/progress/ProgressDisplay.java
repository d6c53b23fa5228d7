// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

/** Shows progress. Implementations are thread-safe and never throw because of their stream. */
public interface ProgressDisplay extends AutoCloseable {
  /** The newest state; another phase name begins another phase. */
  void update(Progress progress);

  /** One line that stays, such as an event or a warning. */
  void message(String line);

  /** Shows the last state a last time; later calls show nothing. Closing twice is harmless. */
  @Override
  void close();
}
