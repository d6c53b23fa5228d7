// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.whimbrel.cluster.HostPort;
import io.whimbrel.store.Secret;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a coordinator shows to those who are not its workers. */
class GridExposureIT {
  private static final Secret SECRET = new Secret("never in a log");

  @Test
  void logs_showNeitherSecretNorClusterName() {
    LoggedLines lines = new LoggedLines();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Logger hazelcast = (Logger) LoggerFactory.getLogger("com.hazelcast");
    Level before = hazelcast.getLevel();
    // The lines go to the list alone: a start at this level is long.
    hazelcast.setAdditive(false);
    hazelcast.addAppender(lines);
    hazelcast.setLevel(Level.DEBUG);
    lines.setContext(root.getLoggerContext());
    lines.start();
    HostPort here = GridSamples.freePort();
    try (HazelcastGrid member = member(here);
        HazelcastGrid client = HazelcastGrid.client(ClientSettings.of(List.of(here), SECRET))) {
      client.publishControl(GridSamples.control(1));
      assertThat(member.control()).isPresent();
    } finally {
      hazelcast.setLevel(before);
      hazelcast.detachAppender(lines);
      hazelcast.setAdditive(true);
    }
    assertThat(lines.messages)
        .anyMatch(line -> line.contains("Cluster name: whimbrel-***"))
        .noneMatch(line -> line.contains(ClusterName.of(SECRET)))
        .noneMatch(line -> line.contains(SECRET.text()));
  }

  @Test
  void member_answersNoHttp() throws IOException {
    HostPort here = GridSamples.freePort();
    try (HazelcastGrid member = member(here);
        Socket socket = new Socket(here.host(), here.port())) {
      assertThat(member.size().members()).isEqualTo(1);
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("GET /hazelcast/health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .doesNotContain("200");
    }
  }

  @Test
  void member_listensOnItsOwnAddressOnly() throws IOException {
    Optional<InetAddress> other =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
            .findFirst();
    assumeTrue(other.isPresent(), "this machine has only loopback");
    HostPort here = GridSamples.freePort();
    try (HazelcastGrid member = member(here);
        Socket socket = new Socket()) {
      assertThat(member.size().members()).isEqualTo(1);
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> socket.connect(new InetSocketAddress(other.get(), here.port()), 5_000));
    }
  }

  @Test
  void member_servesIpv6_whenBoundToIt() throws IOException {
    boolean ipv6 =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .anyMatch(a -> a.getHostAddress().startsWith("0:0:0:0:0:0:0:1"));
    assumeTrue(ipv6, "this machine has no IPv6 loopback");
    HostPort here = new HostPort("::1", GridSamples.freePort().port());
    try (HazelcastGrid member = member(here);
        HazelcastGrid client = HazelcastGrid.client(ClientSettings.of(List.of(here), SECRET))) {
      member.publishControl(GridSamples.control(1));
      assertThat(client.control()).isPresent();
    }
  }

  private static HazelcastGrid member(HostPort here) {
    return HazelcastGrid.member(MemberSettings.of(here, List.of(here), SECRET));
  }

  private static final class LoggedLines extends AppenderBase<ILoggingEvent> {
    private final Queue<String> messages = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      messages.add(event.getFormattedMessage());
    }
  }
}
