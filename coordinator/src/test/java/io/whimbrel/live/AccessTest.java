// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.store.Secret;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final String OURS = "127.0.0.1:9400";

  private final AtomicLong nanos = new AtomicLong();

  private Access access(boolean loopback, @Nullable String token) {
    return new Access(
        Set.of("localhost", "coordinator"),
        loopback,
        token == null ? null : new Secret(token),
        nanos::get);
  }

  private static Caller act(String host, @Nullable String origin, @Nullable String authorization) {
    return new Caller("10.0.0.1", host, origin, null, "application/json", authorization);
  }

  private static Caller read(@Nullable String host) {
    return new Caller("10.0.0.1", host, null, null, null, null);
  }

  private static @Nullable String code(Optional<Refusal> refusal) {
    return refusal.map(Refusal::code).orElse(null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:9400",
        "127.0.0.1",
        "[::1]:9400",
        "[2001:db8::7]",
        "10.2.3.4:80",
        "localhost:9400",
        "LocalHost",
        "coordinator:9400",
        "coordinator.:9400"
      })
  void ownNames_areServed(String host) {
    assertThat(access(true, null).refuseRead(read(host))).isEmpty();
  }

  // What a name resolves to is its owner's choice: this is how a page of his reaches loopback.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebound.example:9400",
        "localhost.evil.example",
        "127.0.0.1.evil.example:9400",
        "evil-coordinator",
        "coordinator.evil.example",
        "",
        ":9400"
      })
  void foreignNames_areRefused_onLoopbackToo(String host) {
    Access access = access(true, null);

    assertThat(code(access.refuseRead(read(host)))).isEqualTo("foreign-host");
    assertThat(code(access.refuseAct(act(host, null, null)))).isEqualTo("foreign-host");
  }

  @Test
  void missingHost_isRefused() {
    assertThat(code(access(true, null).refuseRead(read(null)))).isEqualTo("foreign-host");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:9401",
        "http://127.0.0.1:9400.evil.example",
        "file://"
      })
  void otherOrigins_areRefused(String origin) {
    assertThat(code(access(true, null).refuseAct(act(OURS, origin, null)))).isEqualTo("cross-site");
  }

  @Test
  void ownOrigin_isServed_behindAProxyWithTlsToo() {
    Access access = access(true, null);

    assertThat(access.refuseAct(act(OURS, "http://" + OURS, null))).isEmpty();
    assertThat(access.refuseAct(act(OURS, "https://" + OURS, null))).isEmpty();
  }

  @Test
  void crossSiteFetch_isRefused_evenForReading() {
    Caller caller = new Caller("10.0.0.1", OURS, null, "cross-site", null, null);

    assertThat(code(access(true, null).refuseRead(caller))).isEqualTo("cross-site");
  }

  @Test
  void act_isRefused_whenItsBodyIsAForms() {
    for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded", ""}) {
      Caller caller = new Caller("10.0.0.1", OURS, null, null, type, null);
      assertThat(code(access(true, null).refuseAct(caller))).isEqualTo("not-json");
    }
  }

  @Test
  void act_needsTheToken_wheneverThereIsOne() {
    for (boolean loopback : new boolean[] {true, false}) {
      Access access = access(loopback, TOKEN);
      assertThat(code(access.refuseAct(act(OURS, null, null)))).isEqualTo("token-missing");
      assertThat(code(access.refuseAct(act(OURS, null, TOKEN)))).isEqualTo("token-missing");
      assertThat(code(access.refuseAct(act(OURS, null, "Bearer " + TOKEN + "0"))))
          .isEqualTo("token-wrong");
      assertThat(code(access.refuseAct(act(OURS, null, "Bearer ")))).isEqualTo("token-wrong");
      assertThat(access.refuseAct(act(OURS, null, "Bearer " + TOKEN))).isEmpty();
    }
  }

  @Test
  void act_isClosedBeyondLoopback_whenThereIsNoToken() {
    Access access = access(false, null);

    assertThat(code(access.refuseAct(act(OURS, null, null)))).isEqualTo("no-token-configured");
    assertThat(access.isOpenForActs()).isFalse();
    assertThat(access.refuseRead(read(OURS))).isEmpty();
  }

  @Test
  void acts_areLimited_forEachCallerByItself() {
    Access access = access(true, null);
    int taken = 0;
    while (access.refuseAct(act(OURS, null, null)).isEmpty()) {
      taken++;
    }

    assertThat(taken).isEqualTo(10);
    assertThat(code(access.refuseAct(act(OURS, null, null)))).isEqualTo("too-many");
    Caller other = new Caller("10.0.0.2", OURS, null, null, "application/json", null);
    assertThat(access.refuseAct(other)).isEmpty();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    assertThat(access.refuseAct(act(OURS, null, null))).isEmpty();
    assertThat(code(access.refuseAct(act(OURS, null, null)))).isEqualTo("too-many");
  }
}
