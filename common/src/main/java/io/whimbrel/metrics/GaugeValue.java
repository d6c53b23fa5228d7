// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

/**
 * The last value that a gauge was set to; the registry only holds it weakly, {@link Meters} not.
 */
final class GaugeValue {
  private volatile double value;

  void set(double newValue) {
    value = newValue;
  }

  double get() {
    return value;
  }
}
