// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.nio.file.Path;
import java.time.Duration;

/**
 * @param dbUrl the store, as `whimbrel` takes it
 * @param folder where logs and outputs go
 * @param memories in the store at the beginning
 * @param writers threads of the load
 * @param rate writes a second
 * @param window how long the load runs before and after each step
 * @param kills processes to be killed during each migration; 0 for an undisturbed trial
 */
record TrialSettings(
    String dbUrl,
    Path folder,
    long seed,
    int memories,
    int writers,
    int rate,
    Duration window,
    int kills) {

  Target target() {
    return Target.parse(dbUrl);
  }

  Values values() {
    return new Values(seed);
  }

  Path originalsFile() {
    return folder.resolve("originals");
  }
}
