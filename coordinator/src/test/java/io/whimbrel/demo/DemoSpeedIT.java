// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tells how fast stores are filled and how well their texts compress; judges neither. More memories
 * by {@code -Dwhimbrel.demo.memories=200000}.
 */
class DemoSpeedIT {
  private static final System.Logger LOG = System.getLogger(DemoSpeedIT.class.getName());
  private static final int MEMORIES = Integer.getInteger("whimbrel.demo.memories", 10_000);
  private static final int BLOCK_BYTES = 32 * 1_024;

  @Test
  void sqlite_isMeasured_whenFilled(@TempDir Path folder) throws SQLException {
    for (DemoMix mix : DemoMix.values()) {
      try (Connection connection =
          DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(mix + ".db"))) {
        measure("SQLite", connection, mix);
      }
    }
  }

  @Test
  void postgres_isMeasured_whenFilled() throws IOException, SQLException {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        Connection connection = server.getPostgresDatabase().getConnection()) {
      measure("PostgreSQL", connection, DemoMix.PLAIN);
    }
  }

  private static void measure(String product, Connection connection, DemoMix mix)
      throws SQLException {
    Blocks blocks = new Blocks();
    long start = System.nanoTime();
    DemoSummary summary =
        new DemoStore(DemoOptions.of(MEMORIES).withMix(mix))
            .fill(connection, (id, form, text) -> blocks.add(text));
    double seconds = (System.nanoTime() - start) / 1e9;
    LOG.log(
        System.Logger.Level.INFO,
        String.format(
            Locale.ROOT,
            "%s %s: %d memories, %d text bytes in %.1f s with compression, %.0f memories/s;"
                + " %d KiB blocks at level 3: %.2fx; %s",
            product,
            mix,
            summary.memories(),
            summary.textBytes(),
            seconds,
            summary.memories() / seconds,
            BLOCK_BYTES / 1_024,
            blocks.ratio(),
            summary));
    assertThat(summary.memories()).isEqualTo(MEMORIES);
  }

  /** Packs neighbouring texts as they come, the first thousand blocks of them. */
  private static final class Blocks {
    private final ByteArrayOutputStream open = new ByteArrayOutputStream();
    private int count;
    private long raw;
    private long packed;

    void add(String text) {
      if (count == 1_000) {
        return;
      }
      open.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      if (open.size() >= BLOCK_BYTES) {
        raw += open.size();
        packed += Zstd.compress(open.toByteArray(), 3).length;
        open.reset();
        count++;
      }
    }

    double ratio() {
      return (double) raw / packed;
    }
  }
}
