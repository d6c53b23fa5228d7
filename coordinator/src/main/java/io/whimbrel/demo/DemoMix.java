// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/** Which memories a demonstration store holds. */
public enum DemoMix {
  /**
   * What years of use leave behind: every stored form, and a few damaged memories in a thousand.
   */
  ALL_FORMS,
  /** Undamaged plain text only, without embeddings, versions or chunks: for measurements. */
  PLAIN,
  /**
   * As {@link #ALL_FORMS}, but a fifth of the memories cannot be decoded: a migration rolls back.
   */
  UNDECODABLE
}
