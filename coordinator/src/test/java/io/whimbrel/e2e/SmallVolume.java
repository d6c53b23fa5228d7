// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A volume that is soon full. Without the right to mount one the test is skipped. */
final class SmallVolume {

  private final Path path;

  private SmallVolume(Path path) {
    this.path = path;
  }

  /**
   * Mounts one in a new directory of the folder.
   *
   * @param options as {@code mount} takes them for a tmpfs, such as {@code size=4m}
   */
  static SmallVolume in(Path folder, String options) throws IOException, InterruptedException {
    Path path = Files.createDirectory(folder.resolve("volume"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString()),
        "needs the right to mount a small volume");
    return new SmallVolume(path);
  }

  Path path() {
    return path;
  }

  /** Mounts it anew with another size, keeping what is on it. */
  boolean resize(String size) throws InterruptedException {
    return run("mount", "-o", "remount,size=" + size, path.toString());
  }

  void unmount() throws InterruptedException {
    run("umount", "-l", path.toString());
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
