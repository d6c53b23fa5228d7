// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.store.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may read and who may act. A page of another site must not be able to do either through a
 * visitor's browser, by whatever name it makes that browser call us; and beyond loopback nobody
 * acts without the token. Thread-safe.
 */
final class Access {

  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final String BEARER = "Bearer ";

  private final Set<String> names;
  private final boolean loopback;
  private final byte @Nullable [] token;
  private final LongSupplier nanoTicker;

  /** A page asks once a second at most and holds one stream. */
  private final RateLimit reads = new RateLimit(60, 20);

  /** Slow enough to make guessing a token hopeless. */
  private final RateLimit acts = new RateLimit(10, 0.5);

  /**
   * @param names the names, in lower case, that this server is called by beside its addresses
   * @param loopback whether only this machine can reach it
   * @param token what acts need; without one they are open on loopback and closed beyond
   */
  Access(Set<String> names, boolean loopback, @Nullable Secret token, LongSupplier nanoTicker) {
    this.names = Set.copyOf(names);
    this.loopback = loopback;
    this.token = token == null ? null : digest(token.text());
    this.nanoTicker = nanoTicker;
  }

  /** Whether an act needs the token; the page asks for it then. */
  boolean needsToken() {
    return token != null;
  }

  /** Whether anybody can act at all. */
  boolean isOpenForActs() {
    return loopback || token != null;
  }

  Optional<Refusal> refuseRead(Caller caller) {
    Optional<Refusal> foreign = refuseForeign(caller);
    if (foreign.isPresent()) {
      return foreign;
    }
    return reads.take(caller.address(), nanoTicker.getAsLong())
        ? Optional.empty()
        : Optional.of(tooMany());
  }

  Optional<Refusal> refuseAct(Caller caller) {
    Optional<Refusal> foreign = refuseForeign(caller);
    if (foreign.isPresent()) {
      return foreign;
    }
    if (!acts.take(caller.address(), nanoTicker.getAsLong())) {
      return Optional.of(tooMany());
    }
    if (!isJson(caller.contentType())) {
      // A form of another site cannot send this type without asking us first, and we never allow.
      return Optional.of(
          new Refusal(415, "not-json", "send Content-Type: application/json, and {} as the body"));
    }
    return refuseToken(caller);
  }

  private Optional<Refusal> refuseForeign(Caller caller) {
    String host = caller.host();
    if (host == null || !isOurs(hostName(host))) {
      return Optional.of(
          new Refusal(
              403,
              "foreign-host",
              "this server is not called by that name; call it by its address, or start it with"
                  + " --http-names"));
    }
    String origin = caller.origin();
    boolean sameOrigin =
        origin == null || origin.equals("http://" + host) || origin.equals("https://" + host);
    String site = caller.fetchSite();
    boolean sameSite = site == null || site.equals("same-origin") || site.equals("none");
    return sameOrigin && sameSite
        ? Optional.empty()
        : Optional.of(
            new Refusal(403, "cross-site", "requests from pages of other sites are refused"));
  }

  // An address cannot be bound to another site's name, as names can by whoever owns their zone.
  private boolean isOurs(String name) {
    return name.startsWith("[") || IPV4.matcher(name).matches() || names.contains(name);
  }

  private static String hostName(String host) {
    int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
    String name = end <= 0 ? host : host.substring(0, end);
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private Optional<Refusal> refuseToken(Caller caller) {
    if (token == null) {
      return loopback
          ? Optional.empty()
          : Optional.of(
              new Refusal(
                  403,
                  "no-token-configured",
                  "beyond loopback acts need a token: start the coordinator with"
                      + " WHIMBREL_HTTP_TOKEN_FILE, or use the command line"));
    }
    String authorization = caller.authorization();
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return Optional.of(
          new Refusal(401, "token-missing", "send the token: Authorization: Bearer TOKEN"));
    }
    if (MessageDigest.isEqual(digest(authorization.substring(BEARER.length())), token)) {
      return Optional.empty();
    }
    return Optional.of(new Refusal(401, "token-wrong", "that is not the token"));
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null
        && contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
  }

  private static Refusal tooMany() {
    return new Refusal(429, "too-many", "too many requests: wait a little");
  }

  // Digests have one length, so that comparing them tells nothing about the token's.
  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
