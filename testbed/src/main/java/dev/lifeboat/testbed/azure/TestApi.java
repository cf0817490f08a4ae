package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/**
 * What tests in other processes, and people, order of the Resource Manager beside Azure's own
 * calls; with the same token. See docs/operations/testbed.md.
 */
final class TestApi {
  private final Faults faults;
  private final Limits limits;

  TestApi(Faults faults, Limits limits) {
    this.faults = faults;
    this.limits = limits;
  }

  void addTo(Routes routes) {
    routes
        .on("POST", "/testbed/faults", "Testbed_Faults", this::order)
        .on(
            "DELETE",
            "/testbed/faults",
            "Testbed_Faults",
            _ -> {
              faults.clear();
              return Answer.empty(204);
            })
        .on("GET", "/testbed/calls", "Testbed_Calls", _ -> calls())
        .on("POST", "/testbed/limits", "Testbed_Limits", this::limit);
  }

  private Answer order(Call call) {
    JsonNode body = call.body();
    faults.order(Json.at(body, "call").asText("*"), Json.at(body, "times").asInt(1), fault(body));
    return Answer.empty(204);
  }

  private static Fault fault(JsonNode body) {
    String code = Json.at(body, "code").asText("InternalServerError");
    String message = Json.at(body, "message").asText("Ordered by a test.");
    String kind = Json.required(body, "fault", "fault");
    return switch (kind) {
      case "throttle" -> new Fault.Throttle(Json.at(body, "retryAfterSeconds").asInt(1));
      case "refuse" -> new Fault.Refuse(Json.at(body, "status").asInt(500), code, message);
      case "failOperation" -> new Fault.FailOperation(code, message);
      case "cutBefore" -> new Fault.CutBefore();
      case "cutAfter" -> new Fault.CutAfter();
      case "hold" -> new Fault.Hold(Duration.ofMillis(Json.at(body, "millis").asLong(1000)));
      default ->
          throw ArmException.invalidParameter(
              "fault must be one of "
                  + List.of(
                      "throttle", "refuse", "failOperation", "cutBefore", "cutAfter", "hold"));
    };
  }

  private Answer calls() {
    return Answer.ok(
        Json.list(
            faults.seen().stream()
                .map(seen -> {
                  ObjectNode json = Json.object();
                  json.put("at", seen.at().toString()).put("call", seen.call());
                  return json.put("path", seen.path()).put("status", seen.status());
                })
                .toList()));
  }

  private Answer limit(Call call) {
    call.body()
        .properties()
        .forEach(one -> {
          if (one.getKey().equals("smallestUpload")) {
            limits.smallestUpload(one.getValue().asLong());
          } else {
            limits.set(one.getKey(), one.getValue().asInt());
          }
        });
    return Answer.empty(204);
  }
}
