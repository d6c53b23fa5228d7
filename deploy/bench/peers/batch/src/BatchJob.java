// SPDX-License-Identifier: Apache-2.0

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.Job;
import org.springframework.batch.core.JobExecution;
import org.springframework.batch.core.JobParameters;
import org.springframework.batch.core.Step;
import org.springframework.batch.core.configuration.annotation.EnableBatchProcessing;
import org.springframework.batch.core.configuration.annotation.StepScope;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.launch.JobLauncher;
import org.springframework.batch.core.partition.support.Partitioner;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.item.ExecutionContext;
import org.springframework.batch.item.ItemProcessor;
import org.springframework.batch.item.database.JdbcBatchItemWriter;
import org.springframework.batch.item.database.JdbcCursorItemReader;
import org.springframework.batch.item.database.builder.JdbcBatchItemWriterBuilder;
import org.springframework.batch.item.database.builder.JdbcCursorItemReaderBuilder;
import org.springframework.batch.item.support.CompositeItemWriter;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * A partitioned job of Spring Batch: eight partitions by id on two threads, each with a cursor of
 * its own, chunks of a thousand, two batch writers, the job repository in the same database.
 */
@Configuration
@EnableBatchProcessing
public class BatchJob {
  private static final int PARTITIONS = 8;
  private static final int THREADS = 2;
  private static final int CHUNK = 1_000;

  private static String url;
  private static List<String> carried;

  /** A row on its way. */
  public record Item(Object[] carried, int id, String text, byte[] frame, int bytes) {}

  public static void main(String[] arguments) throws Exception {
    url = arguments[0];
    carried = Output.carriedColumns(url);
    Output.createTables(url);
    try (AnnotationConfigApplicationContext context =
        new AnnotationConfigApplicationContext(BatchJob.class)) {
      long start = System.nanoTime();
      JobExecution execution =
          context.getBean(JobLauncher.class).run(context.getBean(Job.class), new JobParameters());
      if (!execution.getExitStatus().equals(ExitStatus.COMPLETED)) {
        throw new IllegalStateException(execution.toString(), failure(execution));
      }
      long copied = System.nanoTime();
      Output.buildKeys(url);
      Output.print(start, copied, System.nanoTime());
    }
  }

  private static Throwable failure(JobExecution execution) {
    List<Throwable> failures = execution.getAllFailureExceptions();
    return failures.isEmpty() ? null : failures.get(0);
  }

  /** Cursors need connections that do not commit by themselves. */
  @Bean(destroyMethod = "close")
  public DataSource dataSource() {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setDataSourceProperties(Output.properties());
    pool.setMaximumPoolSize(2 * THREADS + 6);
    pool.setAutoCommit(false);
    new ResourceDatabasePopulator(
            new ClassPathResource("org/springframework/batch/core/schema-postgresql.sql"))
        .execute(withCommits());
    return pool;
  }

  private static DataSource withCommits() {
    org.postgresql.ds.PGSimpleDataSource source = new org.postgresql.ds.PGSimpleDataSource();
    source.setUrl(url);
    source.setPassword(System.getenv("PGPASSWORD"));
    return source;
  }

  @Bean
  public PlatformTransactionManager transactionManager(DataSource dataSource) {
    return new JdbcTransactionManager(dataSource);
  }

  @Bean
  public ThreadPoolTaskExecutor threads() {
    ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
    executor.setCorePoolSize(THREADS);
    executor.setMaxPoolSize(THREADS);
    return executor;
  }

  @Bean
  public Job job(JobRepository repository, Step partitioned) {
    return new JobBuilder("migrate", repository).start(partitioned).build();
  }

  @Bean
  public Step partitioned(JobRepository repository, Step part, ThreadPoolTaskExecutor threads) {
    return new StepBuilder("partitioned", repository)
        .partitioner("part", byId())
        .step(part)
        .gridSize(PARTITIONS)
        .taskExecutor(threads)
        .build();
  }

  private static Partitioner byId() {
    return parts -> {
      int[] bounds;
      try {
        bounds = Output.bounds(url);
      } catch (java.sql.SQLException e) {
        throw new IllegalStateException(e);
      }
      Map<String, ExecutionContext> contexts = new HashMap<>();
      long width = (bounds[1] - bounds[0]) / parts + 1L;
      for (int i = 0; i < parts; i++) {
        ExecutionContext context = new ExecutionContext();
        context.putLong("from", bounds[0] + i * width);
        context.putLong("to", bounds[0] + (i + 1) * width);
        contexts.put("part" + i, context);
      }
      return contexts;
    };
  }

  @Bean
  public Step part(
      JobRepository repository,
      PlatformTransactionManager transactions,
      JdbcCursorItemReader<Item> reader,
      ItemProcessor<Item, Item> processor,
      CompositeItemWriter<Item> writer) {
    return new StepBuilder("part", repository)
        .<Item, Item>chunk(CHUNK, transactions)
        .reader(reader)
        .processor(processor)
        .writer(writer)
        .build();
  }

  @Bean
  @StepScope
  public JdbcCursorItemReader<Item> reader(
      DataSource dataSource,
      @Value("#{stepExecutionContext['from']}") long from,
      @Value("#{stepExecutionContext['to']}") long to) {
    int width = carried.size();
    return new JdbcCursorItemReaderBuilder<Item>()
        .name("reader")
        .dataSource(dataSource)
        .saveState(false)
        .verifyCursorPosition(false)
        .fetchSize(CHUNK)
        .sql(
            "SELECT "
                + String.join(", ", carried)
                + ", content FROM memories WHERE id >= ? AND id < ? ORDER BY id")
        .queryArguments(from, to)
        .rowMapper(
            (row, number) -> {
              Object[] values = new Object[width];
              for (int i = 0; i < width; i++) {
                values[i] = row.getObject(i + 1);
              }
              return new Item(values, row.getInt("id"), row.getString(width + 1), null, 0);
            })
        .build();
  }

  @Bean
  public ItemProcessor<Item, Item> processor() {
    ThreadLocal<Output.Frames> frames = ThreadLocal.withInitial(Output.Frames::new);
    return item -> {
      byte[] text = Output.Frames.utf8(item.text());
      return new Item(item.carried(), item.id(), null, frames.get().frame(text), text.length);
    };
  }

  @Bean
  public CompositeItemWriter<Item> writer(DataSource dataSource) {
    int width = carried.size();
    JdbcBatchItemWriter<Item> rows =
        new JdbcBatchItemWriterBuilder<Item>()
            .dataSource(dataSource)
            .assertUpdates(false)
            .sql(Output.insertRows(carried))
            .itemPreparedStatementSetter(
                (item, statement) -> {
                  for (int i = 0; i < width; i++) {
                    statement.setObject(i + 1, item.carried()[i]);
                  }
                  statement.setInt(width + 1, item.bytes());
                })
            .build();
    JdbcBatchItemWriter<Item> bodies =
        new JdbcBatchItemWriterBuilder<Item>()
            .dataSource(dataSource)
            .assertUpdates(false)
            .sql(Output.INSERT_BODY)
            .itemPreparedStatementSetter(
                (item, statement) -> {
                  statement.setInt(1, item.id());
                  statement.setBytes(2, item.frame());
                })
            .build();
    rows.afterPropertiesSet();
    bodies.afterPropertiesSet();
    CompositeItemWriter<Item> both = new CompositeItemWriter<>();
    both.setDelegates(new ArrayList<>(List.of(rows, bodies)));
    return both;
  }
}
