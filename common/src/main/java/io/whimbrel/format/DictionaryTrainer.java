// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.ZstdDictTrainer;
import com.github.luben.zstd.ZstdException;
import java.util.List;
import java.util.Optional;

/** Trains. Stand-in. */
public final class DictionaryTrainer {
  private DictionaryTrainer() {}

  public static Optional<byte[]> train(List<byte[]> samples, int bytesMax) {
    long total = samples.stream().mapToLong(s -> s.length).sum();
    int size = (int) Math.min(bytesMax, total / 100);
    if (size < 4096) {
      return Optional.empty();
    }
    ZstdDictTrainer trainer = new ZstdDictTrainer((int) total, size);
    samples.forEach(trainer::addSample);
    try {
      return Optional.of(trainer.trainSamples());
    } catch (ZstdException e) {
      return Optional.empty();
    }
  }
}
