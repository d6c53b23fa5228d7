// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriterMannersTest {

  private long now = 1;
  private final WriterManners manners = new WriterManners(() -> now);

  private void seeAnotherWriter() {
    manners.begun(1);
    manners.begun(2);
  }

  @Test
  void aTransaction_isAsLargeAsItLikes_whileNobodyElseWrites() {
    manners.begun(7);
    manners.ended(TimeUnit.SECONDS.toNanos(1), 100);
    manners.begun(7);
    assertThat(manners.othersWrite()).isFalse();
    assertThat(manners.rowsPerTransaction()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void rows_followTheMeasuredSpeed_whileOthersWrite() {
    seeAnotherWriter();
    for (int i = 0; i < 50; i++) {
      manners.ended(TimeUnit.MILLISECONDS.toNanos(10), 100);
    }
    assertThat(manners.rowsPerTransaction()).isBetween(290, 310);
    for (int i = 0; i < 50; i++) {
      manners.ended(TimeUnit.SECONDS.toNanos(100), 100);
    }
    assertThat(manners.rowsPerTransaction()).isEqualTo(WriterManners.ROWS_MIN);
  }

  @Test
  void others_areForgotten_whenTheyHaveNotWrittenForAWhile() {
    seeAnotherWriter();
    now += WriterManners.REMEMBERED_NANOS - 1;
    assertThat(manners.othersWrite()).isTrue();
    now += 1;
    assertThat(manners.othersWrite()).isFalse();
  }

  @Test
  void aNewConnection_isNoSignOfOthers() {
    manners.begun(7);
    manners.forgetVersion();
    manners.begun(1);
    assertThat(manners.othersWrite()).isFalse();
  }

  @Test
  void transactionsAreSmall_whereACommitShutsReadersOut() {
    manners.shutOutReaders(true);
    assertThat(manners.rowsPerTransaction()).isLessThan(10_000);
  }

  @Test
  void theGap_isAsLongAsTheTransaction_butHasALimit() {
    WriterManners real = new WriterManners(System::nanoTime);
    real.begun(1);
    real.begun(2);
    real.ended(TimeUnit.MILLISECONDS.toNanos(40), 0);
    long start = System.nanoTime();
    real.waitForTurn();
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(30));
    real.ended(TimeUnit.MINUTES.toNanos(5), 0);
    start = System.nanoTime();
    real.waitForTurn();
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }
}
