// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static io.whimbrel.legacy.Stored.base64;
import static io.whimbrel.legacy.Stored.flagged;
import static io.whimbrel.legacy.Stored.gzip;
import static io.whimbrel.legacy.Stored.gzipBase64;
import static io.whimbrel.legacy.Stored.joined;
import static io.whimbrel.legacy.Stored.unflagged;
import static io.whimbrel.legacy.Stored.zlib;
import static io.whimbrel.legacy.Stored.zlibBase64;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LegacyContentDecoderTest {

  private static final int BYTES_MAX = 200_000;
  private static final String TEXT = "The tide went out, and the curlews came. \uD83D\uDC26 ";
  private static final String LONG = varied(6_000);
  private static final String HUNDRED = "h".repeat(99) + "\uD83D\uDC26";

  private final LegacyContentDecoder decoder = new LegacyContentDecoder(BYTES_MAX);

  static Stream<Arguments> texts() {
    String zlib = zlibBase64(LONG);
    String gzip = gzipBase64(LONG);
    long longSize = LONG.codePointCount(0, LONG.length());
    String unusualEnd = zlib.substring(0, 4000);
    return Stream.of(
        row("plain", unflagged(TEXT, 43L), TEXT, LegacyForm.PLAIN, null),
        row("plain, no size", unflagged(TEXT, null), TEXT, LegacyForm.PLAIN, null),
        row("plain that looks packed", unflagged(zlib, 9L), zlib, LegacyForm.PLAIN, null),
        row("plain empty", unflagged("", 0L), "", LegacyForm.PLAIN, null),
        row("plain empty, no size", unflagged("", null), "", LegacyForm.PLAIN, null),
        row(
            "interrupted",
            unflagged("", 7L),
            "",
            LegacyForm.PLAIN,
            ContentProblem.INTERRUPTED_CREATE),
        row("100 of 100", unflagged(HUNDRED, 100L), HUNDRED, LegacyForm.PLAIN, null),
        row(
            "100 of 101",
            unflagged(HUNDRED, 101L),
            HUNDRED,
            LegacyForm.PLAIN,
            ContentProblem.CUT_TEXT),
        row("100, no size", unflagged(HUNDRED, null), HUNDRED, LegacyForm.PLAIN, null),
        row("101 of 200", unflagged(HUNDRED + "x", 200L), HUNDRED + "x", LegacyForm.PLAIN, null),
        row("zlib", flagged(zlib, longSize), LONG, LegacyForm.ZLIB, null),
        row("zlib, no size", flagged(zlib, null), LONG, LegacyForm.ZLIB, null),
        row("zlib, odd size", flagged(zlib, 3L), LONG, LegacyForm.ZLIB, null),
        row("zlib of nothing", flagged(zlibBase64(""), 0L), "", LegacyForm.ZLIB, null),
        row("gzip", flagged(gzip, longSize), LONG, LegacyForm.GZIP, null),
        row(
            "gzip, all fields",
            flagged(base64(gzipWithAllFields(TEXT)), null),
            TEXT,
            LegacyForm.GZIP,
            null),
        row("level 1", flagged(zlibOfLevel(1), longSize), LONG, LegacyForm.ZLIB, null),
        row("level 9", flagged(zlibOfLevel(9), longSize), LONG, LegacyForm.ZLIB, null),
        row(
            "size of the base64",
            flagged(zlib, (long) zlib.length()),
            zlib,
            LegacyForm.PLAIN,
            ContentProblem.WRONG_FLAG),
        row(
            "cut, but of full size",
            flagged(unusualEnd, 4000L),
            unusualEnd,
            LegacyForm.PLAIN,
            ContentProblem.WRONG_FLAG),
        row("flagged words", flagged(TEXT, 43L), TEXT, LegacyForm.PLAIN, ContentProblem.WRONG_FLAG),
        row(
            "flagged 100 of 300",
            flagged(HUNDRED, 300L),
            HUNDRED,
            LegacyForm.PLAIN,
            ContentProblem.CUT_TEXT),
        row(
            "flagged 100 of 100",
            flagged(HUNDRED, 100L),
            HUNDRED,
            LegacyForm.PLAIN,
            ContentProblem.WRONG_FLAG),
        row(
            "line breaks",
            flagged(zlib + "\n", longSize),
            zlib + "\n",
            LegacyForm.PLAIN,
            ContentProblem.WRONG_FLAG),
        row(
            "other base64",
            flagged("QUJD", 3L),
            "QUJD",
            LegacyForm.PLAIN,
            ContentProblem.WRONG_FLAG),
        row("short", flagged("eJw", 30L), "eJw", LegacyForm.PLAIN, ContentProblem.WRONG_FLAG),
        row(
            "padding within",
            flagged("eJ==eJ==", 3L),
            "eJ==eJ==",
            LegacyForm.PLAIN,
            ContentProblem.WRONG_FLAG),
        row(
            "a word like zlib",
            flagged("eJwords", 7L),
            "eJwords",
            LegacyForm.PLAIN,
            ContentProblem.WRONG_FLAG));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void content_isText_whenItCanBeRead(
      String name,
      StoredContent stored,
      String expected,
      LegacyForm form,
      @Nullable ContentProblem warning) {
    DecodedContent decoded = decoder.decode(stored);

    assertThat(decoded).isInstanceOf(DecodedText.class);
    DecodedText text = (DecodedText) decoded;
    assertThat(new String(text.utf8(), UTF_8)).isEqualTo(expected);
    assertThat(text.form()).isEqualTo(form);
    assertThat(text.warning()).isEqualTo(warning);
    if (warning != null) {
      assertThat(text.detail()).isNotEmpty();
    }
  }

  static Stream<Arguments> quarantined() {
    byte[] packed = zlib(LONG.getBytes(UTF_8));
    byte[] badSum = packed.clone();
    badSum[badSum.length - 1] ^= 1;
    byte[] badMiddle = packed.clone();
    // A stored block whose length does not match its complement.
    System.arraycopy(new byte[] {0, 1, 2, 3, 4}, 0, badMiddle, 2, 5);
    byte[] gzip = gzip(LONG.getBytes(UTF_8));
    byte[] badGzipSum = gzip.clone();
    badGzipSum[gzip.length - 6] ^= 1;
    byte[] badGzipLength = gzip.clone();
    badGzipLength[gzip.length - 2] ^= 1;
    byte[] badGzipFlags = gzip.clone();
    badGzipFlags[3] = (byte) 0x80;
    byte[] badHeaderSum = gzipWithAllFields(TEXT);
    badHeaderSum[20] ^= 1;
    byte[] notUtf8 = {'a', (byte) 0xC3, 'b'};
    byte[] cutUtf8 = {'a', (byte) 0xE2, (byte) 0x82};
    byte[] bomb = zlib(new byte[BYTES_MAX + 1]);
    return Stream.of(
        Arguments.of(
            "usual cut",
            flagged(base64(packed).substring(0, 100), 400L),
            ContentProblem.CUT_STREAM),
        Arguments.of(
            "usual cut of 100",
            flagged(base64(packed).substring(0, 100), 100L),
            ContentProblem.CUT_STREAM),
        Arguments.of(
            "gzip cut", flagged(base64(gzip).substring(0, 100), 400L), ContentProblem.CUT_STREAM),
        Arguments.of(
            "header only",
            flagged(base64(packed).substring(0, 4), null),
            ContentProblem.CUT_STREAM),
        Arguments.of(
            "gzip header cut",
            flagged(base64(gzip).substring(0, 8), null),
            ContentProblem.CUT_STREAM),
        Arguments.of(
            "gzip sum cut",
            flagged(base64(prefix(gzip, gzip.length - 3)), null),
            ContentProblem.CUT_STREAM),
        Arguments.of(
            "group cut",
            flagged(base64(packed).substring(0, 1001), 400L),
            ContentProblem.CUT_STREAM),
        Arguments.of("padding cut", flagged(unpadded(), null), ContentProblem.CUT_STREAM),
        Arguments.of("checksum", flagged(base64(badSum), 400L), ContentProblem.CORRUPT_STREAM),
        Arguments.of("data", flagged(base64(badMiddle), 400L), ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "gzip checksum", flagged(base64(badGzipSum), 400L), ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "gzip length", flagged(base64(badGzipLength), 400L), ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "gzip flags", flagged(base64(badGzipFlags), 400L), ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "gzip header sum", flagged(base64(badHeaderSum), 400L), ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "dictionary",
            flagged(base64(zlibWithDictionary()), 400L),
            ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "not UTF-8", flagged(base64(zlib(notUtf8)), 2L), ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "cut UTF-8", flagged(base64(zlib(cutUtf8)), 2L), ContentProblem.CORRUPT_STREAM),
        Arguments.of(
            "a byte more",
            flagged(base64(joined(packed, new byte[1])), 4L),
            ContentProblem.TRAILING_BYTES),
        Arguments.of(
            "gzip twice", flagged(base64(joined(gzip, gzip)), 4L), ContentProblem.TRAILING_BYTES),
        Arguments.of("bomb", flagged(base64(bomb), 4L), ContentProblem.INFLATED_TOO_LARGE),
        Arguments.of(
            "cut bomb",
            flagged(base64(bomb).substring(0, base64(bomb).length() - 1), 4L),
            ContentProblem.INFLATED_TOO_LARGE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("quarantined")
  void content_isQuarantined_whenItsStreamIsBroken(
      String name, StoredContent stored, ContentProblem problem) {
    DecodedContent decoded = decoder.decode(stored);

    assertThat(decoded).isInstanceOf(QuarantinedContent.class);
    assertThat(((QuarantinedContent) decoded).problem()).isEqualTo(problem);
    assertThat(((QuarantinedContent) decoded).detail()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"BLOB", "INTEGER", "REAL"})
  void content_isQuarantined_whenItIsNotText(StorageClass storageClass) {
    StoredContent stored = new StoredContent(new byte[] {1}, storageClass, false, null, List::of);

    assertThat(decoder.decode(stored))
        .isEqualTo(
            new QuarantinedContent(ContentProblem.NOT_TEXT, "stored as " + storageClass.name()));
  }

  @Test
  void content_isAbsent_whenItIsNull() {
    StoredContent stored = new StoredContent(null, StorageClass.NULL, true, 5L, List::of);

    assertThat(decoder.decode(stored)).isEqualTo(new AbsentContent());
  }

  @Test
  void plainContent_isNotCopied() {
    byte[] stored = TEXT.getBytes(UTF_8);

    DecodedContent decoded =
        decoder.decode(new StoredContent(stored, StorageClass.TEXT, false, null, List::of));

    assertThat(((DecodedText) decoded).utf8()).isSameAs(stored);
  }

  @Test
  void content_isText_whenItHasExactlyTheBoundsSize() {
    String text = "x".repeat(BYTES_MAX);

    for (Long size : new Long[] {(long) BYTES_MAX, 7L, Long.MAX_VALUE, -1L}) {
      DecodedContent decoded = decoder.decode(flagged(zlibBase64(text), size));

      assertThat(decoded).isInstanceOf(DecodedText.class);
      assertThat(new String(((DecodedText) decoded).utf8(), UTF_8)).isEqualTo(text);
    }
  }

  @Test
  void bomb_allocatesNoMoreThanTheBound() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int bytesMax = 1 << 20;
    LegacyContentDecoder bounded = new LegacyContentDecoder(bytesMax);
    StoredContent bomb = flagged(base64(zlib(new byte[64 * bytesMax])), 64L * bytesMax);
    bounded.decode(flagged(zlibBase64(TEXT), null));

    long before = threads.getCurrentThreadAllocatedBytes();
    DecodedContent decoded = bounded.decode(bomb);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(decoded).isInstanceOf(QuarantinedContent.class);
    assertThat(allocated).isLessThan(bytesMax + 100_000L);
  }

  @Test
  void decoder_readsTheNextContent_whenOneWasBroken() {
    String packed = zlibBase64(LONG);

    decoder.decode(flagged(packed.substring(0, 4000), null));
    DecodedContent decoded = decoder.decode(flagged(gzipBase64(TEXT), null));

    assertThat(new String(((DecodedText) decoded).utf8(), UTF_8)).isEqualTo(TEXT);
  }

  @Test
  void rejectsBoundsThatNoArrayCanHold() {
    assertThatIllegalArgumentException().isThrownBy(() -> new LegacyContentDecoder(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LegacyContentDecoder(Integer.MAX_VALUE));
  }

  @Test
  void rejectsBytesThatDisagreeWithTheStorageClass() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StoredContent(null, StorageClass.TEXT, false, null, List::of));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StoredContent(new byte[0], StorageClass.NULL, false, null, List::of));
  }

  private static Arguments row(
      String name,
      StoredContent stored,
      String expected,
      LegacyForm form,
      @Nullable ContentProblem warning) {
    return Arguments.of(name, stored, expected, form, warning);
  }

  /** Text that does not pack to almost nothing. */
  private static String varied(int words) {
    StringBuilder text = new StringBuilder();
    int state = 1;
    for (int i = 0; i < words; i++) {
      state = state * 1_103_515_245 + 12_345;
      text.append(Integer.toString(state >>> 8, 36)).append(i % 9 == 0 ? " \u20AC " : " ");
    }
    return text.toString();
  }

  private static String unpadded() {
    for (int length = 1; ; length++) {
      String packed = zlibBase64(LONG.substring(0, length));
      if (packed.endsWith("=")) {
        return packed.replace("=", "");
      }
    }
  }

  private static byte[] prefix(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length);
  }

  private static String zlibOfLevel(int level) {
    Deflater deflater = new Deflater(level);
    deflater.setInput(LONG.getBytes(UTF_8));
    deflater.finish();
    byte[] packed = new byte[LONG.length() * 4];
    int length = deflater.deflate(packed);
    deflater.end();
    return base64(prefix(packed, length));
  }

  private static byte[] zlibWithDictionary() {
    Deflater deflater = new Deflater();
    deflater.setDictionary("curlew".getBytes(UTF_8));
    deflater.setInput(TEXT.getBytes(UTF_8));
    deflater.finish();
    byte[] packed = new byte[1000];
    int length = deflater.deflate(packed);
    deflater.end();
    return prefix(packed, length);
  }

  /** A gzip member with extra field, name, comment and header checksum. */
  private static byte[] gzipWithAllFields(String text) {
    byte[] simple = gzip(text.getBytes(UTF_8));
    byte[] head = {0x1F, (byte) 0x8B, 8, 0x1E, 9, 9, 9, 9, 2, 3};
    byte[] extra = {3, 0, 'a', 'b', 0};
    byte[] names = "name\0comment\0".getBytes(UTF_8);
    byte[] header = joined(head, extra, names);
    CRC32 sum = new CRC32();
    sum.update(header);
    byte[] headerSum = {(byte) sum.getValue(), (byte) (sum.getValue() >> 8)};
    byte[] rest = Arrays.copyOfRange(simple, 10, simple.length);
    return joined(header, headerSum, rest);
  }
}
