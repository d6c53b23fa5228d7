/** Stub until the codec lands. */
@NullMarked
package io.whimbrel.format;

import org.jspecify.annotations.NullMarked;
