// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.whimbrel.ledger.FencedException;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.SqlAction;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreUrl;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A coordinator that slept while another took its place must change no definitions any more. */
class ReplacedLeaderIT {

  private static final SqlAction REPLACED =
      connection -> {
        throw new FencedException("another leads");
      };

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"SQLITE", "POSTGRES_NEWEST"})
  void definitions_stayAsTheyAre_whenAnotherLeads(Backend backend, @TempDir Path folder)
      throws Throwable {
    DemoScene scene = DemoScene.make(backend, folder, 200);
    try (Store store = open(scene.store().storeUrl())) {
      List<ThrowingCallable> changes =
          List.of(() -> store.capture().install(), () -> store.shadowTable().create(1));
      for (ThrowingCallable change : changes) {
        assertThatThrownBy(() -> whenReplaced(store, change)).isInstanceOf(FencedException.class);
      }
      assertThat(scene.store().leftovers()).isEmpty();
      scene.assertStoreIsOriginal();

      // Without it they would have been made, and then they stay.
      for (ThrowingCallable change : changes) {
        change.call();
      }
      List<String> made = scene.store().leftovers();
      assertThat(made).isNotEmpty();
      assertThatThrownBy(() -> whenReplaced(store, () -> store.capture().remove()))
          .isInstanceOf(FencedException.class);
      assertThatThrownBy(() -> whenReplaced(store, () -> store.shadowTable().drop(1)))
          .isInstanceOf(FencedException.class);
      assertThat(scene.store().leftovers()).isEqualTo(made);
    }
  }

  private static void whenReplaced(Store store, ThrowingCallable change) throws Throwable {
    store.fence(REPLACED);
    try {
      change.call();
    } finally {
      store.fence(null);
    }
  }

  private static Store open(StoreUrl url) {
    return url instanceof StoreUrl.SqliteUrl sqlite
        ? SqliteStore.open(sqlite, SqliteStore.Access.READ_WRITE)
        : PostgresStore.open((StoreUrl.PostgresUrl) url, Map.of());
  }
}
