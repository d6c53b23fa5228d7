/**
 * Whole migrations by real processes that are killed, frozen and cut off while they run, each run
 * decided by a seed; at the end every table is compared with what it must be. A short series is
 * part of the tests, {@code deploy/torture/run.sh} starts long ones.
 */
@NullMarked
package io.whimbrel.torture;

import org.jspecify.annotations.NullMarked;
