// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.util.List;

/**
 * What a look at the store found.
 *
 * @param layoutName S, G2 or G3 for the layouts of the original application, else a description
 * @param facts lines for people, such as indexes, foreign keys, journal mode, server version
 * @param warnings what works but deserves a word
 * @param diskNeededBytes an upper estimate of the additional disk a migration takes
 * @param diskFreeBytes free bytes on the store's volume; negative when it cannot be known
 */
public record Inspection(
    TableLayout layout,
    String layoutName,
    long memoriesEstimated,
    StoreSizes sizes,
    List<String> facts,
    List<String> warnings,
    long diskNeededBytes,
    long diskFreeBytes) {
  public Inspection {
    facts = List.copyOf(facts);
    warnings = List.copyOf(warnings);
  }
}
