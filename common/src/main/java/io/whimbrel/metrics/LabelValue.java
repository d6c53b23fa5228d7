// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import java.util.Locale;

/** Turns an enum constant into a label value, so that an enum bounds every label. */
final class LabelValue {
  private LabelValue() {}

  /** {@code CUT_STREAM} becomes {@code cut-stream}, the form that reports and the ledger use. */
  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
