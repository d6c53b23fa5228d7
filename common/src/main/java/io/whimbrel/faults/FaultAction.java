// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.faults;

/** What happens to a process at a fault point. */
public enum FaultAction {
  /** It is gone at once, without a word to anybody. */
  HALT,
  /** It freezes, as if by SIGSTOP, until somebody sends SIGCONT. */
  STOP,
  /** Its work fails as if the connection were lost. */
  ERROR,
  /** It waits a twentieth of a second, so that whoever reads the log can cut its connections. */
  CALL
}
