package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Bearer tokens of one site: signed with a key that is as old as the site, good for one audience.
 * Thread-safe.
 */
final class Tokens {
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;
  private final String tenant;
  private final Clock clock;

  Tokens(String tenant, Clock clock) {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    this.key = new SecretKeySpec(secret, ALGORITHM);
    this.tenant = tenant;
    this.clock = clock;
  }

  String issue(String client, String audience, Duration validity) {
    long now = clock.instant().getEpochSecond();
    ObjectNode claims = Json.object();
    claims.put("aud", audience).put("iss", "https://sts.windows.net/" + tenant + "/");
    claims.put("iat", now - 60).put("nbf", now - 60).put("exp", now + validity.toSeconds());
    claims.put("appid", client).put("oid", client).put("sub", client);
    claims.put("tid", tenant).put("ver", "1.0");
    ObjectNode header = Json.object();
    header.put("typ", "JWT").put("alg", "HS256");
    String signed = encode(Json.bytes(header)) + "." + encode(Json.bytes(claims));
    return signed + "." + encode(sign(signed));
  }

  /** Refuses a caller without a good token for this audience, as the Resource Manager does. */
  void check(String authorization, String audience) {
    if (!authorization.startsWith("Bearer ")) {
      throw refused(
          "AuthenticationFailed",
          "Authentication failed. The 'Authorization' header is missing or invalid.");
    }
    String token = authorization.substring("Bearer ".length());
    int dot = token.lastIndexOf('.');
    if (dot < 0 || token.indexOf('.') == dot) {
      throw refused("InvalidAuthenticationToken", "The access token is invalid.");
    }
    JsonNode claims;
    try {
      if (!MessageDigest.isEqual(
          sign(token.substring(0, dot)), Base64.getUrlDecoder().decode(token.substring(dot + 1)))) {
        throw refused(
            "InvalidAuthenticationToken", "The access token's signature could not be validated.");
      }
      String body = token.substring(token.indexOf('.') + 1, dot);
      claims = Json.read(Base64.getUrlDecoder().decode(body));
    } catch (IllegalArgumentException e) {
      throw refused("InvalidAuthenticationToken", "The access token is invalid.");
    }
    Instant end = Instant.ofEpochSecond(claims.path("exp").asLong());
    if (!clock.instant().isBefore(end)) {
      throw refused(
          "ExpiredAuthenticationToken",
          "The access token expiry UTC time '%s' is earlier than current UTC time '%s'."
              .formatted(end, clock.instant()));
    }
    String given = claims.path("aud").asText().replaceFirst("/$", "");
    if (!given.equals(audience)) {
      throw refused(
          "InvalidAuthenticationTokenAudience",
          ("The access token has been obtained for wrong audience or resource '%s'. It should"
                  + " exactly match with one of the allowed audiences '%s/'.")
              .formatted(given, audience));
    }
  }

  private static ArmException refused(String code, String message) {
    return new ArmException(401, code, message);
  }

  private byte[] sign(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
