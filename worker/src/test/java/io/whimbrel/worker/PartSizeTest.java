// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartSizeTest {

  private final PartSize part = new PartSize();

  @Test
  void part_isTheWholeRange_whileAllGoesWell() {
    part.committed();
    assertThat(part.rowsMax()).isEqualTo(Integer.MAX_VALUE);
    assertThat(part.isAsStored()).isFalse();
  }

  @Test
  void part_findsThePoisonRow_andOnlyThatOneIsCarriedAsStored() {
    int poison = 700;
    List<Integer> asStored = new ArrayList<>();
    int done = 0;
    int tries = 0;
    while (done < 1_000) {
      tries++;
      int rows = Math.min(part.rowsMax(), 1_000 - done);
      boolean fails = done <= poison && poison < done + rows && !part.isAsStored();
      if (fails) {
        assertThat(part.shrink(rows)).isTrue();
      } else {
        if (part.isAsStored()) {
          asStored.add(done);
        }
        done += rows;
        part.committed();
      }
    }
    assertThat(asStored).containsExactly(poison);
    assertThat(tries).isLessThan(60);
  }

  @Test
  void shrink_givesUp_whenTheRowFailsAsStoredToo() {
    assertThat(part.shrink(1)).isTrue();
    assertThat(part.isAsStored()).isTrue();
    assertThat(part.shrink(1)).isFalse();
  }

  @Test
  void shrink_givesUp_whenNotEvenOneRowWasRead() {
    assertThat(part.shrink(0)).isFalse();
  }
}
