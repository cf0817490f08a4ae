package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where tokens come from: the client-credentials grant with a secret, which is all that Azure's SDK
 * asks for with discovery off. Refuses with the identity platform's own codes. Thread-safe.
 */
final class Login {
  private static final Duration VALIDITY = Duration.ofHours(1);
  private static final String STORAGE = "https://storage.azure.com";

  private final AzureSite.Account account;
  private final Tokens tokens;

  Login(AzureSite.Account account, Tokens tokens) {
    this.account = account;
    this.tokens = tokens;
  }

  /** Answers {@code POST /TENANT/oauth2/v2.0/token}; everything else is 501. */
  Answer token(String method, String path, byte[] body, URI management) {
    String[] parts = path.split("/", -1);
    if (!method.equals("POST") || parts.length != 5 || !path.endsWith("/oauth2/v2.0/token")) {
      return Answer.error(
          501,
          "NotImplemented",
          "The testbed's login does not implement " + method + " " + path + ".");
    }
    Map<String, String> form = form(new String(body, StandardCharsets.UTF_8));
    if (!parts[1].equalsIgnoreCase(account.tenant())) {
      return refused(400, "invalid_request", 90002, "Tenant '" + parts[1] + "' not found.");
    }
    if (!"client_credentials".equals(form.get("grant_type"))) {
      return refused(
          400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
    }
    String client = form.getOrDefault("client_id", "");
    if (!client.equalsIgnoreCase(account.client())) {
      return refused(
          400,
          "unauthorized_client",
          700016,
          "Application with identifier '" + client + "' was not found in the directory.");
    }
    if (!account.secret().equals(form.get("client_secret"))) {
      return refused(401, "invalid_client", 7000215, "Invalid client secret provided.");
    }
    // The SDK asks for a profile of the user as well, which an application does not have.
    String asked = form.getOrDefault("scope", "");
    Optional<String> scope =
        Arrays.stream(asked.split(" ", -1)).filter(one -> one.endsWith("/.default")).findFirst();
    if (scope.isEmpty()) {
      return refused(
          400,
          "invalid_scope",
          1002012,
          "The provided value for scope " + asked + " is not valid.");
    }
    String resource =
        scope
            .get()
            .substring(0, scope.get().length() - "/.default".length())
            .replaceFirst("/$", "");
    if (!Set.of(STORAGE, management.toString()).contains(resource)) {
      return refused(
          400,
          "invalid_resource",
          500011,
          "The resource principal named " + resource + " was not found in the tenant.");
    }
    ObjectNode answer = Json.object();
    answer.put("token_type", "Bearer").put("expires_in", VALIDITY.toSeconds());
    answer.put("ext_expires_in", VALIDITY.toSeconds());
    answer.put("access_token", tokens.issue(client, resource, VALIDITY));
    return Answer.ok(answer);
  }

  private static Answer refused(int status, String error, int code, String text) {
    ObjectNode body = Json.object();
    body.put("error", error).put("error_description", "AADSTS" + code + ": " + text);
    body.putArray("error_codes").add(code);
    return Answer.of(status, body);
  }

  static Map<String, String> form(String text) {
    Map<String, String> form = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }
}
