// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTest {
  @Test
  void html_escapesEveryCharacterThatMarksUp() {
    assertThat(SafeText.html("<a href=\"x\" id='y'>&amp;"))
        .isEqualTo("&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;");
  }

  @Test
  void html_replacesWhatPagesMayNotHold() {
    assertThat(SafeText.html("a\0b\u001bc\ud800d\u0085e\ufffff"))
        .isEqualTo("a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf");
    assertThat(SafeText.html("tab\tline\nbird \ud83d\udc26 ü")).isEqualTo("tab\tline\nbird 🐦 ü");
  }

  @Test
  void line_disarmsEscapeSequencesAndReversedWriting() {
    assertThat(SafeText.line("\u001b[2Jx\r\ny\u202ez\u009b31m\ud800"))
        .isEqualTo("?[2Jx  y?z?31m?")
        .doesNotContain("\u001b");
    assertThat(SafeText.line("ü 🐦")).isEqualTo("ü 🐦");
  }

  @Test
  void cut_doesNotSplitACharacter() {
    assertThat(SafeText.cut("abc", 3)).isEqualTo("abc");
    assertThat(SafeText.cut("abcd", 3)).isEqualTo("ab…");
    assertThat(SafeText.cut("a🐦cd", 3)).isEqualTo("a…");
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://u:p@h:5432/d, postgresql://u:***@h:5432/d",
    "postgresql://u:p@ss/w#?rd@h/d, postgresql://u:***@h/d",
    "postgresql://u:p w@h/d, postgresql://u:***@h/d",
    "jdbc:postgresql://h:5432/d?user=u&password=p&ssl=true,"
        + " jdbc:postgresql://h:5432/d?user=u&password=***&ssl=true",
    "postgresql://h/d?sslPassword=p, postgresql://h/d?sslPassword=***",
    "postgresql://h:5432/d?user=a@b, postgresql://h:5432/d?user=a@b",
    "postgresql://u@h/d, postgresql://u@h/d",
    "sqlite:///./data/memory.db, sqlite:///./data/memory.db"
  })
  void password_isHidden(String url, String shown) {
    assertThat(SafeText.withoutPassword(url)).isEqualTo(shown);
  }
}
