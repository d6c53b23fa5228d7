/** Tests of what a process tells the outside about itself. */
@NullMarked
package io.whimbrel.metrics;

import org.jspecify.annotations.NullMarked;
