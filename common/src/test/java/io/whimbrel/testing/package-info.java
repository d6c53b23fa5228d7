/** What tests of several packages share. */
@NullMarked
package io.whimbrel.testing;

import org.jspecify.annotations.NullMarked;
