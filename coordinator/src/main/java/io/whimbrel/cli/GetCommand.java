// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.reader.Memory;
import io.whimbrel.reader.MemoryReader;
import io.whimbrel.store.StoreRefusedException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints one memory's content. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = "Prints one memory's content, whatever form the store has.")
final class GetCommand extends StoreCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The memory's key")
  String id = "";

  @Override
  public Integer call() throws IOException {
    try (MemoryReader reader = MemoryReader.open(url(), System.getenv())) {
      Memory memory =
          reader.get(id).orElseThrow(() -> new StoreRefusedException("there is no memory " + id));
      byte[] text = memory.content().utf8();
      try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
        out.write(text);
        if (Terminal.isAttached()) {
          out.write('\n');
        }
      }
      return 0;
    }
  }
}
