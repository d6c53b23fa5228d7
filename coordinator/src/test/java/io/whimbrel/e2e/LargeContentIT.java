// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.reader.ContentForm;
import io.whimbrel.reader.MemoryContent;
import io.whimbrel.reader.MemoryReader;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Contents that take long to handle. Run with {@code -Dwhimbrel.large=true}; {@link BadDataIT} has
 * smaller ones of the same kinds.
 */
@EnabledIfSystemProperty(named = "whimbrel.large", matches = "true")
class LargeContentIT {

  private final Path folder;

  LargeContentIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void content_readsBack_whenItHasAHundredMegabytes(Backend backend) throws Exception {
    String large = OddStore.TEXT.repeat((100 << 20) / OddStore.TEXT.length());
    TestStore store = storeWith(backend, large, false);

    assertThat(migrate(store).exit()).isZero();

    assertThat(contentOf(store).form()).isEqualTo(ContentForm.PACKED);
    assertThat(contentOf(store).text()).isEqualTo(large);
    assertThat(Cli.run("verify", "--db-url", store.url()).exit()).isZero();
    assertThat(Cli.run("rollback", "--db-url", store.url()).exit()).isZero();
    assertThat(contentOf(store).text()).isEqualTo(large);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "POSTGRES_OLDEST")
  void content_staysAsItIs_whenItUnpacksToMoreThanAGibibyte(Backend backend) throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      for (int i = 0; i < 1025; i++) {
        out.write(new byte[1 << 20]);
      }
    }
    String bomb = OddSql.base64(packed.toByteArray());
    TestStore store = storeWith(backend, bomb, true);

    assertThat(migrate(store, "--max-failure-rate", "1").exit()).isZero();

    assertThat(contentOf(store).form()).isEqualTo(ContentForm.QUARANTINED);
    assertThat(contentOf(store).text()).isEqualTo(bomb);
    assertThat(store.texts("SELECT memory_key || ' ' || reason FROM whimbrel_failures"))
        .containsExactly("1 inflated-too-large");
  }

  private TestStore storeWith(Backend backend, String content, boolean flag) throws Exception {
    TestStore store = backend.newStore(folder);
    store.execute(OddSql.memories(backend), OddSql.row(backend, 1, "", flag, OddSql.NO_SIZE));
    try (Connection connection = store.connect();
        PreparedStatement update = connection.prepareStatement("UPDATE memories SET content = ?")) {
      update.setString(1, content);
      update.executeUpdate();
    }
    return store;
  }

  private Cli.Result migrate(TestStore store, String... more) {
    List<String> arguments = new ArrayList<>(List.of("migrate", "--db-url", store.url()));
    arguments.addAll(List.of("--report-dir", folder.resolve("reports").toString()));
    arguments.addAll(List.of("--backup", "none"));
    arguments.addAll(List.of(more));
    return Cli.run(arguments);
  }

  private static MemoryContent contentOf(TestStore store) {
    try (MemoryReader reader = MemoryReader.open(store.storeUrl(), Map.of())) {
      return reader.get("1").orElseThrow().content();
    }
  }
}
