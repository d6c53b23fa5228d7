// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.metrics.ThrottleReason;

/**
 * A sign that the database suffers now, so that the copy should go slower.
 *
 * @param text the figure and its limit, for people
 */
public record Strain(ThrottleReason reason, String text) {}
