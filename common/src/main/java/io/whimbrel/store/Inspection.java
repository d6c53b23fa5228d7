// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a look at the store found.
 *
 * @param layoutName S, G2 or G3 for the layouts of the original application, else a description
 * @param facts lines for people, such as indexes, foreign keys, journal mode, server version
 * @param warnings what works but deserves a word
 * @param diskNeededBytes an upper estimate of the disk a migration takes beside the store, without
 *     its backup, which is at most as large as the whole store
 * @param directory a directory on the store's volume; null when that cannot be seen from here
 */
public record Inspection(
    TableLayout layout,
    String layoutName,
    long memoriesEstimated,
    StoreSizes sizes,
    List<String> facts,
    List<String> warnings,
    long diskNeededBytes,
    @Nullable Path directory) {
  public Inspection {
    facts = List.copyOf(facts);
    warnings = List.copyOf(warnings);
  }

  /** Free bytes on the store's volume; negative when they cannot be known. */
  public long diskFreeBytes() {
    try {
      return directory == null ? -1 : Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      return -1;
    }
  }
}
