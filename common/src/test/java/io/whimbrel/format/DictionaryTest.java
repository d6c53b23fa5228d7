// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DictionaryTest {

  private static final int BYTES_MAX = DictionaryTrainer.BYTES_MAX_DEFAULT;

  @Test
  void dictionary_hasAThirdOfItsSamplesAtMost() {
    List<byte[]> samples = Samples.memories(1, 1_000);
    int total = samples.stream().mapToInt(sample -> sample.length).sum();

    Optional<byte[]> trained = DictionaryTrainer.train(samples, BYTES_MAX);

    assertThat(total / 3).isBetween(4097, BYTES_MAX - 1);
    assertThat(trained).isPresent();
    assertThat(trained.get()).hasSizeBetween(4096, total / 3);
    assertThat(DictionaryTrainer.train(samples, 4096).orElseThrow()).hasSizeLessThanOrEqualTo(4096);
  }

  @Test
  void dictionary_isAbsent_whenSamplesAreTooFewOrTooShort() {
    assertThat(DictionaryTrainer.train(List.of(), BYTES_MAX)).isEmpty();
    assertThat(DictionaryTrainer.train(Samples.memories(1, 15), BYTES_MAX)).isEmpty();
    assertThat(DictionaryTrainer.train(Samples.memories(1, 100), BYTES_MAX)).isEmpty();
    assertThat(DictionaryTrainer.train(Collections.nCopies(100_000, new byte[7]), BYTES_MAX))
        .isEmpty();
  }

  @Test
  void training_neverThrows_whenSamplesAreOdd() {
    List<List<byte[]>> odd =
        List.of(
            Collections.nCopies(100, new byte[1000]),
            Collections.nCopies(16, Samples.noise(1, 1 << 20)),
            List.of(Samples.noise(1, 1 << 20)),
            Collections.nCopies(10_000, new byte[8]));

    for (List<byte[]> samples : odd) {
      DictionaryTrainer.train(samples, BYTES_MAX)
          .ifPresent(body -> assertThat(body).hasSizeBetween(1, BYTES_MAX));
    }
  }

  @Test
  void rejectsDictionaryBoundBelowTheFloor() {
    assertThatIllegalArgumentException().isThrownBy(() -> DictionaryTrainer.train(List.of(), 4095));
    assertThatIllegalArgumentException().isThrownBy(() -> new Dictionary(1, new byte[0]));
  }

  @Test
  void dictionary_isBuiltOnceForALevel_untilItIsClosed() {
    Dictionary dictionary = Samples.dictionary(4);

    assertThat(dictionary.compressor(3)).isSameAs(dictionary.compressor(3));
    assertThat(dictionary.compressor(3)).isNotSameAs(dictionary.compressor(9));
    assertThat(dictionary.decompressor()).isSameAs(dictionary.decompressor());
    assertThat(dictionary.id()).isEqualTo(4);

    dictionary.close();
    dictionary.close();
    assertThatIllegalStateException().isThrownBy(() -> dictionary.compressor(3));
    assertThatIllegalStateException().isThrownBy(dictionary::decompressor);
  }

  @Test
  void dictionary_doesNotChange_whenItsArraysDo() {
    byte[] body = DictionaryTrainer.train(Samples.memories(1, 1000), BYTES_MAX).orElseThrow();
    byte[] before = body.clone();
    try (Dictionary dictionary = new Dictionary(1, body)) {
      body[0] ^= 1;
      dictionary.body()[1] ^= 1;

      assertThat(dictionary.body()).isEqualTo(before);
    }
  }
}
