// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What names a trial: the store, the seed, and the folder of its records. */
final class StoreOptions {

  @Option(names = "--db-url", required = true, description = "The store, as `whimbrel` takes it")
  String dbUrl = "";

  @Option(names = "--dir", required = true, description = "Where the records are")
  Path folder = Path.of("");

  @Option(names = "--seed", description = "Another seed writes other things (default 1)")
  long seed = 1;

  Target target() {
    return Target.parse(dbUrl);
  }

  Values values() {
    return new Values(seed);
  }

  /** Digests of the store as it was before the first write. */
  Path originalsFile() {
    return folder.resolve("originals");
  }
}
