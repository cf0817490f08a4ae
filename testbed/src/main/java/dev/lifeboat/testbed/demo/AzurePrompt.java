package dev.lifeboat.testbed.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.testbed.azure.AzureSite;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the owner of a subscription does by hand: a network is made before anything else, and a
 * machine's console is looked at. Plain calls of Azure's REST interface. Thread-safe.
 */
final class AzurePrompt {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AzureSite site;
  private final HttpClient http;

  AzurePrompt(AzureSite site) throws IOException {
    this.site = site;
    this.http = HttpClient.newBuilder().sslContext(site.http().trust()).build();
  }

  /** The id that something of a resource group has. */
  String id(String group, String rest) {
    return "/subscriptions/%s/resourceGroups/%s%s"
        .formatted(site.account().subscription(), group, rest);
  }

  /** A virtual network with subnets, in a resource group of its own. */
  void makeNetwork(String group, String name, String space, Map<String, String> subnets)
      throws IOException {
    call("PUT", id(group, ""), "2025-04-01", "{\"location\": \"westeurope\"}");
    String list =
        subnets.entrySet().stream()
            .map(subnet ->
                """
                {"name": "%s", "properties": {"addressPrefix": "%s"}}\
                """
                    .formatted(subnet.getKey(), subnet.getValue()))
            .collect(Collectors.joining(", "));
    String network = id(group, "/providers/Microsoft.Network/virtualNetworks/" + name);
    call(
        "PUT",
        network,
        "2024-05-01",
        """
        {"location": "westeurope", "properties": {
          "addressSpace": {"addressPrefixes": ["%s"]}, "subnets": [%s]}}
        """
            .formatted(space, list));
    while (!call("GET", network, "2024-05-01", "")
        .at("/properties/provisioningState")
        .asText()
        .equals("Succeeded")) {
      Waiting.aMoment();
    }
  }

  /** What a VM wrote to its serial console since it was started last. */
  String console(String group, String machine) throws IOException {
    String vm = id(group, "/providers/Microsoft.Compute/virtualMachines/" + machine);
    JsonNode answer = call("POST", vm + "/retrieveBootDiagnosticsData", "2024-11-01", "");
    URI log = URI.create(answer.path("serialConsoleLogBlobUri").asText());
    return send(HttpRequest.newBuilder(log).build());
  }

  private JsonNode call(String method, String path, String version, String body)
      throws IOException {
    URI address = URI.create(site.management() + path + "?api-version=" + version);
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(LONGEST)
            .header("Authorization", "Bearer " + token())
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    String answer = send(request);
    return answer.isEmpty() ? JSON.missingNode() : JSON.readTree(answer);
  }

  private String token() throws IOException {
    AzureSite.Account account = site.account();
    String form =
        Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                account.client(),
                "client_secret",
                account.secret(),
                "scope",
                site.management() + "/.default")
            .entrySet()
            .stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    URI address = URI.create(site.login() + "/" + account.tenant() + "/oauth2/v2.0/token");
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(LONGEST)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build();
    return JSON.readTree(send(request)).path("access_token").asText();
  }

  private String send(HttpRequest request) throws IOException {
    try {
      HttpResponse<String> response =
          http.send(request, BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
      if (response.statusCode() >= 300) {
        throw new IOException(
            "%s %s: %d %s"
                .formatted(
                    request.method(),
                    request.uri().getPath(),
                    response.statusCode(),
                    response.body().strip()));
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking Azure");
    }
  }
}
