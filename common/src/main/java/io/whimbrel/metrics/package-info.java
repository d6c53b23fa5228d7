/**
 * What a process tells the outside about itself: the catalogue of its metrics, the object that
 * counts them, and the small HTTP server that shows them. The package keeps two invariants: every
 * family has one entry in {@link io.whimbrel.metrics.Metric}, which the operator's page and the
 * dashboards are checked against, and every label value is the name of an enum constant, so that no
 * memory's key and no text from a store ever becomes a label.
 */
@NullMarked
package io.whimbrel.metrics;

import org.jspecify.annotations.NullMarked;
