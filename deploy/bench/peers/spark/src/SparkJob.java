// SPDX-License-Identifier: Apache-2.0

import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A job of Spark in local mode with two threads. Reads twice, in eight partitions by id: contents,
 * which become frames, and all other columns with the length that the server counts. Of the forms
 * that were tried this was the fastest.
 */
final class SparkJob {
  private static final String ROWS = "5000";
  private static final String PARTITIONS = "8";

  private SparkJob() {}

  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    List<String> carried = Output.carriedColumns(url);
    int[] bounds = Output.bounds(url);
    Output.createTables(url);
    try (SparkSession spark =
        SparkSession.builder()
            .appName("migrate")
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", arguments[1])
            .config("spark.sql.warehouse.dir", arguments[1])
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()) {
      long start = System.nanoTime();
      StructType body =
          new StructType()
              .add("id", DataTypes.IntegerType, false)
              .add("body", DataTypes.BinaryType, false);
      Dataset<Row> bodies =
          read(spark, url, bounds, "SELECT id, content FROM memories")
              .mapPartitions(
                  (MapPartitionsFunction<Row, Row>) SparkJob::frames, Encoders.row(body));
      write(bodies, url, "memory_bodies");
      Dataset<Row> rows =
          read(
              spark,
              url,
              bounds,
              "SELECT "
                  + String.join(", ", carried)
                  + ", octet_length(content) AS content_bytes FROM memories");
      write(rows, url, "memories_v2");
      long copied = System.nanoTime();
      Output.buildKeys(url);
      Output.print(start, copied, System.nanoTime());
    }
  }

  private static Iterator<Row> frames(Iterator<Row> rows) {
    Output.Frames frames = new Output.Frames();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        boolean more = rows.hasNext();
        if (!more) {
          frames.close();
        }
        return more;
      }

      @Override
      public Row next() {
        Row row = rows.next();
        return RowFactory.create(row.getInt(0), frames.frame(Output.Frames.utf8(row.getString(1))));
      }
    };
  }

  private static Dataset<Row> read(SparkSession spark, String url, int[] bounds, String query) {
    return spark
        .read()
        .format("jdbc")
        .option("url", url)
        .option("dbtable", "(" + query + ") AS source")
        .option("password", System.getenv("PGPASSWORD"))
        .option("driver", "org.postgresql.Driver")
        .option("fetchsize", ROWS)
        .option("preferTimestampNTZ", "true")
        .option("partitionColumn", "id")
        .option("lowerBound", Integer.toString(bounds[0]))
        .option("upperBound", Integer.toString(bounds[1]))
        .option("numPartitions", PARTITIONS)
        .load();
  }

  private static void write(Dataset<Row> rows, String url, String table) {
    Properties properties = Output.properties();
    properties.setProperty("driver", "org.postgresql.Driver");
    properties.setProperty("batchsize", ROWS);
    properties.setProperty("isolationLevel", "READ_COMMITTED");
    // What Spark knows as text only, such as JSON, the server takes for what it is.
    properties.setProperty("stringtype", "unspecified");
    rows.write().mode(SaveMode.Append).jdbc(url, table, properties);
  }
}
