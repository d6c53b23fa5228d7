// SPDX-License-Identifier: Apache-2.0

import java.util.random.RandomGenerator;

/** How many bytes the contents of a store have. */
enum Mix {
  /**
   * 60 % under 200 bytes, 25 % around 700, 12 % from 2,000 to 8,000 and 3 % from 10,000 to 60,000,
   * the last two with few long ones: 1.1 KB on average.
   */
  MIXED {
    @Override
    int length(RandomGenerator random) {
      double draw = random.nextDouble();
      if (draw < 0.60) {
        return random.nextInt(20, 200);
      }
      if (draw < 0.85) {
        return random.nextInt(500, 900);
      }
      return draw < 0.97 ? skewed(random, 2_000, 8_000) : skewed(random, 10_000, 60_000);
    }
  },

  /** 300 to 1,500 bytes, all alike: 0.9 KB on average, and nothing that the server compresses. */
  SHORT {
    @Override
    int length(RandomGenerator random) {
      return random.nextInt(300, 1_500);
    }
  };

  abstract int length(RandomGenerator random);

  // A length is the rarer the longer, by its third power.
  private static int skewed(RandomGenerator random, int low, int high) {
    double first = 1 / ((double) low * low);
    double last = 1 / ((double) high * high);
    return (int) (1 / Math.sqrt(first - random.nextDouble() * (first - last)));
  }
}
