/**
 * What tests share: waiting for a condition without sleeping. Nothing here is part of the product.
 */
@NullMarked
package io.whimbrel.testing;

import org.jspecify.annotations.NullMarked;
