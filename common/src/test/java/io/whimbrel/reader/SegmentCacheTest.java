// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SegmentCacheTest {

  private final SegmentCache cache = new SegmentCache(100);

  @Test
  void get_returnsWhatWasPut() {
    byte[] raw = new byte[20];
    cache.put(1, raw);
    assertThat(cache.get(1)).isSameAs(raw);
    assertThat(cache.get(2)).isNull();
  }

  @Test
  void put_dropsWhatWasUsedLongestAgo_whenBytesRunOut() {
    for (long id = 1; id <= 4; id++) {
      cache.put(id, new byte[25]);
    }
    assertThat(cache.get(1)).isNotNull();
    cache.put(5, new byte[25]);
    assertThat(cache.get(2)).isNull();
    assertThat(cache.get(1)).isNotNull();
    assertThat(cache.bytes()).isEqualTo(100);
  }

  @Test
  void put_keepsOthers_whenSegmentIsLarge() {
    cache.put(1, new byte[25]);
    cache.put(2, new byte[26]);
    assertThat(cache.get(2)).isNull();
    assertThat(cache.get(1)).isNotNull();
  }

  @Test
  void put_countsOnce_whenSegmentIsPutTwice() {
    cache.put(1, new byte[25]);
    cache.put(1, new byte[10]);
    assertThat(cache.bytes()).isEqualTo(10);
  }
}
