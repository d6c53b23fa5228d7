@NullMarked
package io.whimbrel.retry;

import org.jspecify.annotations.NullMarked;
