/** Tests of segments and dictionaries. */
@NullMarked
package io.whimbrel.format;

import org.jspecify.annotations.NullMarked;
