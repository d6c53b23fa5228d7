/**
 * A migration from first look to last step: who leads it, how its ranges are planned and handed
 * out, when it is given up, and the way back. Everything it knows is in the ledger; the process
 * that runs it can die at any line and another goes on.
 */
@NullMarked
package io.whimbrel.migration;

import org.jspecify.annotations.NullMarked;
