/** Tests of decoding what old applications stored. */
@NullMarked
package io.whimbrel.legacy;

import org.jspecify.annotations.NullMarked;
