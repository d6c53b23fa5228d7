/** Tests of the trial: first that its check can fail, then a short trial on both databases. */
@NullMarked
package io.whimbrel.load;

import org.jspecify.annotations.NullMarked;
