// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.reader.JsonLinesExporter;
import io.whimbrel.reader.MemoryReader;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints every memory as a line of JSON. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Prints every memory as a line of JSON in key order: each column under its name, the",
      "content decoded, blobs as {\"base64\": \"...\"}."
    })
final class ExportCommand extends StoreCommand implements Callable<Integer> {

  @Override
  public Integer call() throws IOException {
    try (MemoryReader reader = MemoryReader.open(url(), System.getenv());
        OutputStream out =
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16)) {
      new JsonLinesExporter().export(reader, out);
      return 0;
    }
  }
}
