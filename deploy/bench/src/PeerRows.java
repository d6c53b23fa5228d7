// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A migration beside the same job as users would write it. Each peer reads every memory, makes and
 * checks a frame of each, and writes rows and frames; its dependencies are those of a small project
 * file beside its source, fetched by Maven when it is compiled.
 */
final class PeerRows {

  /** The peers, and the options of Java that each wants. */
  private enum Peer {
    PLAIN("plain JDBC loop", "PlainLoop", List.of("-Xmx1g")),
    BATCH("Spring Batch", "BatchJob", List.of("-Xmx2g")),
    SPARK("Spark JDBC, local", "SparkJob", sparkOptions());

    private final String title;
    private final String main;
    private final List<String> java;

    Peer(String title, String main, List<String> java) {
      this.title = title;
      this.main = main;
      this.java = java;
    }

    String directory() {
      return name().toLowerCase(Locale.ROOT);
    }

    // Those of Spark's own launcher for this Java.
    private static List<String> sparkOptions() {
      List<String> options = new ArrayList<>(List.of("-Xmx6g"));
      for (String opened :
          List.of(
              "java.lang",
              "java.lang.invoke",
              "java.lang.reflect",
              "java.io",
              "java.net",
              "java.nio",
              "java.util",
              "java.util.concurrent",
              "java.util.concurrent.atomic",
              "sun.nio.ch",
              "sun.nio.cs",
              "sun.security.action",
              "sun.util.calendar")) {
        options.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
      }
      return options;
    }
  }

  private final Settings settings;
  private final Results results;
  private final Postgres postgres;
  private final Path home;
  private final Map<Peer, String> classPaths = new EnumMap<>(Peer.class);
  private final Map<Peer, Series> copies = new EnumMap<>(Peer.class);
  private final Map<Peer, Series> commands = new EnumMap<>(Peer.class);
  private final Series copy = new Series();
  private final Series command = new Series();

  PeerRows(Settings settings, Results results, Postgres postgres) {
    this.settings = settings;
    this.results = results;
    this.postgres = postgres;
    this.home = settings.root().resolve("deploy/bench/peers");
  }

  void measure(String base) throws Exception {
    for (Peer peer : Peer.values()) {
      compile(peer);
      copies.put(peer, new Series());
      commands.put(peer, new Series());
    }
    for (int run = 1; run <= settings.runs(); run++) {
      Progress.say("peers: run " + run + " of " + settings.runs());
      String database = postgres.copyOf(base, "run");
      for (Peer peer : Peer.values()) {
        run(peer, database);
      }
      Migration migration =
          Migration.run(
              settings,
              "peers." + run,
              postgres.url(database),
              postgres.environment(),
              "--backup",
              "none");
      copy.add(migration.copyMillis());
      command.add(migration.commandMillis());
      Progress.say(
          Series.text(
              "  migrate %.2f s, of these copy and indexes %.2f s",
              migration.commandMillis() / 1e3, migration.copyMillis() / 1e3));
      postgres.drop(database);
    }
    tell();
  }

  private void compile(Peer peer) throws IOException, InterruptedException {
    Progress.say("peers: fetching and compiling " + peer.title);
    Path directory = home.resolve(peer.directory());
    Path paths = settings.work().resolve(peer.directory() + ".classpath");
    Path log = settings.work().resolve("peers.log");
    Command.run(
        log,
        Map.of(),
        List.of(
            "mvn",
            "-q",
            "-B",
            "-f",
            directory.resolve("pom.xml").toString(),
            "dependency:build-classpath",
            "-Dmdep.outputFile=" + paths));
    String dependencies = Files.readString(paths).strip();
    Path classes = settings.work().resolve(peer.directory() + ".classes");
    List<String> javac = new ArrayList<>();
    javac.add(settings.java());
    javac.addAll(List.of("-m", "jdk.compiler/com.sun.tools.javac.Main", "-nowarn", "-parameters"));
    javac.addAll(List.of("-d", classes.toString(), "-cp", dependencies));
    for (Path sources : List.of(home.resolve("common"), directory.resolve("src"))) {
      try (Stream<Path> files = Files.list(sources)) {
        files.map(Path::toString).forEach(javac::add);
      }
    }
    Command.run(log, Map.of(), javac);
    classPaths.put(peer, classes + ":" + dependencies);
  }

  private void run(Peer peer, String database) throws Exception {
    List<String> process = new ArrayList<>();
    process.add(settings.java());
    process.addAll(peer.java);
    process.addAll(List.of("-cp", classPaths.get(peer), peer.main));
    process.addAll(
        List.of(postgres.jdbcUrl(database), settings.work().resolve("spark").toString()));
    Command.Run run =
        Command.run(
            settings.work().resolve(peer.directory() + ".log"), postgres.environment(), process);
    long copyMillis = run.values().get("copyMillis") + run.values().get("indexMillis");
    copies.get(peer).add(copyMillis);
    commands.get(peer).add(run.millis());
    Progress.say(
        Series.text(
            "  %s %.2f s, of these copy and indexes %.2f s, %.0f MB resident",
            peer.title, run.millis() / 1e3, copyMillis / 1e3, run.residentMegabytes()));
    check(peer, database);
    postgres.execute(database, "DROP TABLE memories_v2", "DROP TABLE memory_bodies", "CHECKPOINT");
  }

  private void check(Peer peer, String database) throws Exception {
    long different =
        postgres.number(
            database,
            "SELECT count(*) FROM memories m FULL JOIN memories_v2 v ON v.id = m.id FULL JOIN"
                + " memory_bodies b ON b.id = m.id WHERE m.id IS NULL OR v.id IS NULL OR b.id IS"
                + " NULL OR v.content_bytes <> octet_length(m.content) OR v.title <> m.title OR"
                + " v.created_at <> m.created_at");
    if (different != 0) {
      throw new IllegalStateException(peer.title + " left out or changed " + different + " rows");
    }
  }

  private void tell() {
    for (Peer peer : Peer.values()) {
      results.raw(
          "peers, "
              + peer.title
              + ": copy and indexes "
              + copies.get(peer).seconds()
              + ", whole command "
              + commands.get(peer).seconds());
    }
    results.raw(
        "peers, our copy and indexes " + copy.seconds() + ", whole command " + command.seconds());
    Peer copier = fastest(copies);
    Peer whole = fastest(commands);
    String title = Series.text("same job, %,d mixed memories", settings.memories());
    results.faster(title + ": copy phase", copier.title, copy, copies.get(copier), 3);
    results.faster(title + ": whole command", whole.title, command, commands.get(whole), 2);
  }

  private static Peer fastest(Map<Peer, Series> times) {
    Peer fastest = Peer.PLAIN;
    for (Peer peer : Peer.values()) {
      if (times.get(peer).median() < times.get(fastest).median()) {
        fastest = peer;
      }
    }
    return fastest;
  }
}
