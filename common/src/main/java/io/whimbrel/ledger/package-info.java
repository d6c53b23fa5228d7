/**
 * The ledger: every migration, range, claim, lease and failure as a row of the database being
 * migrated. A range's completion commits in the transaction that writes its rows, guarded by its
 * attempt number, so a late owner changes nothing; the coordinator's writes are guarded by its
 * epoch in the same way.
 */
@NullMarked
package io.whimbrel.ledger;

import org.jspecify.annotations.NullMarked;
