// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `verify` prints of a store in which much is wrong. */
class VerifyFindingsIT {

  @Test
  void findings_areBounded_andTheRestIsCounted(@TempDir Path folder) throws Exception {
    SqliteTestStore store = SqliteTestStore.in(folder);
    String zlib = OddSql.base64(OddSql.zlib(OddSql.utf8(OddStore.TEXT.repeat(5))));
    String spoilt =
        OddSql.base64(OddSql.spoil(OddSql.zlib(OddSql.utf8(OddStore.TEXT.repeat(5))), -1));
    List<String> wrong =
        List.of(
            "'plain, but flagged', 1, NULL",
            "'" + zlib.substring(0, 40) + "', 1, NULL",
            "'" + spoilt + "', 1, NULL",
            "'', 0, 77",
            "x'00', 0, NULL",
            "'" + OddStore.TEXT.repeat(2).substring(0, 100) + "', 0, 500");
    store.execute(OddSql.memories(Backend.SQLITE));
    for (String row : wrong) {
      store.execute(
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30) INSERT INTO"
              + " memories (content, content_compressed, content_size) SELECT "
              + row
              + " FROM n");
    }

    Cli.Result verified = Cli.run("verify", "--db-url", store.url());

    assertThat(verified.exit()).isZero();
    assertThat(verified.out().lines().filter(line -> line.contains("StoreFinding"))).hasSize(100);
    assertThat(verified.out()).contains("  and 80 more");
  }
}
