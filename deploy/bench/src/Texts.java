// SPDX-License-Identifier: Apache-2.0

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Contents of any length, put together from texts. Short ones are made of clauses, so that there
 * are more than enough of them, longer ones of whole texts in random order.
 */
final class Texts {
  private static final int CLAUSES_BELOW = 200;
  private static final String DEMO_MEMORIES = "20000";

  private final List<String> texts;
  private final List<String> clauses = new ArrayList<>();
  private final String origin;

  private Texts(List<String> texts, String origin) {
    this.texts = texts;
    this.origin = origin;
    for (String text : texts) {
      for (String clause : text.split("(?<=[.,;!?]) ", 0)) {
        if (clause.length() > 3) {
          clauses.add(clause);
        }
      }
    }
  }

  static Texts of(Settings settings) throws Exception {
    return settings.texts() == null ? demo(settings) : real(settings.texts());
  }

  private static Texts real(Path file) throws IOException {
    List<String> texts = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(file)) {
      JsonNode text = json.readTree(line).get("text");
      if (text != null && !text.asText().isBlank()) {
        texts.add(text.asText());
      }
    }
    return new Texts(texts, texts.size() + " texts of " + file.getFileName());
  }

  private static Texts demo(Settings settings) throws Exception {
    Path file = settings.work().resolve("texts.db");
    Command.run(
        settings.work().resolve("texts.log"),
        Map.of(),
        List.of(
            settings.launcher("whimbrel"),
            "demo",
            "--db-url",
            "sqlite:///" + file,
            "--memories",
            DEMO_MEMORIES,
            "--mix",
            "plain"));
    List<String> texts = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT content FROM memories ORDER BY id")) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    Files.delete(file);
    return new Texts(texts, DEMO_MEMORIES + " texts of the demonstration store");
  }

  String origin() {
    return origin + ", recombined";
  }

  /** A text of so many bytes of UTF-8, or a few less. */
  String make(RandomGenerator random, int length) {
    List<String> pieces = length < CLAUSES_BELOW ? clauses : texts;
    StringBuilder text = new StringBuilder(length + 512);
    while (text.length() <= length) {
      text.append(pieces.get(random.nextInt(pieces.size()))).append(' ');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    int end = length;
    // A cut must not go through a character of several bytes.
    while ((bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
