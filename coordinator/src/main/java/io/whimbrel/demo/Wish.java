// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/** What the next memory is to be: its form, the length of its text, and how it is cut in pieces. */
record Wish(DemoForm form, int chars, int pieceChars) {
  /** Every so many memories one is damaged, each kind in turn: five in a thousand. */
  private static final int DAMAGED_EVERY = 200;

  private static final int DAMAGED_AT = 37;
  private static final double UNDECODABLE_SHARE = 0.2;

  /** The piece sizes of the application's three settings, in code points. */
  private static final Integer[] PIECE_CHARS = {4_096, 8_192, 10_000};

  private static final DemoForm[] DAMAGES = {
    DemoForm.CUT_BASE64,
    DemoForm.WRONG_FLAG,
    DemoForm.CUT_TEXT,
    DemoForm.INTERRUPTED_CREATE,
    DemoForm.CUT_CHUNKS
  };

  /** The wish for the memory of that number, counted from 0. */
  static Wish next(DemoOptions options, int number, Dice dice) {
    return switch (options.mix()) {
      case PLAIN -> plain((int) Math.max(20, options.contentBytesMean() * dice.spread()));
      case ALL_FORMS -> any(number, dice);
      case UNDECODABLE ->
          dice.chance(UNDECODABLE_SHARE) ? damaged(DemoForm.CUT_BASE64, dice) : any(number, dice);
    };
  }

  private static Wish any(int number, Dice dice) {
    if (number % DAMAGED_EVERY == DAMAGED_AT) {
      return damaged(DAMAGES[number / DAMAGED_EVERY % DAMAGES.length], dice);
    }
    double draw = dice.unit();
    if (draw < 0.60) {
      int chars = dice.between(20, 185);
      return chars >= LegacyCodec.ZLIB_CHARS_MIN && dice.chance(0.3) ? zlib(chars) : plain(chars);
    }
    if (draw < 0.85) {
      int chars = dice.between(400, 1_000);
      return dice.chance(0.35) ? zlib(chars) : plain(chars);
    }
    if (draw < 0.97) {
      int chars = dice.between(2_000, 8_000);
      return dice.chance(0.4) ? zlib(chars) : plain(chars);
    }
    return large(dice.between(10_300, 60_000), dice);
  }

  private static Wish large(int chars, Dice dice) {
    double draw = dice.unit();
    if (draw < 0.35) {
      return new Wish(DemoForm.GZIP, chars, 0);
    }
    if (draw < 0.70) {
      return new Wish(DemoForm.CHUNKED, chars, dice.pick(PIECE_CHARS));
    }
    return draw < 0.85 ? zlib(chars) : plain(chars);
  }

  private static Wish damaged(DemoForm form, Dice dice) {
    int chars =
        switch (form) {
          // Long enough that something is cut off: base64 and text to 100 characters, chunks to 3.
          case CUT_CHUNKS -> dice.between(20_000, 40_000);
          case CUT_BASE64, CUT_TEXT -> dice.between(450, 3_000);
          case WRONG_FLAG, INTERRUPTED_CREATE -> dice.between(200, 3_000);
          case PLAIN, ZLIB, GZIP, CHUNKED ->
              throw new IllegalArgumentException("not a damage: form=" + form);
        };
    return new Wish(form, chars, 4_096);
  }

  private static Wish plain(int chars) {
    return new Wish(DemoForm.PLAIN, chars, 0);
  }

  private static Wish zlib(int chars) {
    return new Wish(DemoForm.ZLIB, chars, 0);
  }
}
