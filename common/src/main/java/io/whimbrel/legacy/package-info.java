/** Stub until the codec lands. */
@NullMarked
package io.whimbrel.legacy;

import org.jspecify.annotations.NullMarked;
