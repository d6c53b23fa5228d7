@NullMarked
package io.whimbrel.worker;

import org.jspecify.annotations.NullMarked;
