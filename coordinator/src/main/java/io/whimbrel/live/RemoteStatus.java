// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.metrics.HostPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks a running coordinator for its status. */
public final class RemoteStatus {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private RemoteStatus() {}

  /**
   * @throws IOException when no coordinator of a version like this one answers there
   */
  public static LiveStatus read(HostPort address) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + LiveSite.API + "status"))
            .timeout(PATIENCE)
            .build();
    HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException("status " + answer.statusCode() + " from " + address);
    }
    return Json.MAPPER.readValue(answer.body(), LiveStatus.class);
  }
}
