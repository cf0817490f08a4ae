package dev.lifeboat.testbed.azure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The calls that are understood, each by the name that Azure's own interface gives it. */
final class Routes {

  /** Answers a call whose path fits. */
  @FunctionalInterface
  interface Handler {
    Answer on(Call call);
  }

  /** A call that is understood. */
  record Match(String name, Call call, Handler handler) {}

  private record Route(String method, List<String> pattern, String name, Handler handler) {}

  private final List<Route> routes = new ArrayList<>();

  /** Adds one; parts of the path in braces are variables. */
  Routes on(String method, String pattern, String name, Handler handler) {
    routes.add(new Route(method, List.of(pattern.substring(1).split("/", -1)), name, handler));
    return this;
  }

  Optional<Match> find(Call call) {
    List<String> parts = List.of(call.path().replaceFirst("^/+", "").split("/", -1));
    for (Route route : routes) {
      if (route.method().equals(call.method())) {
        Optional<Map<String, String>> variables = match(route.pattern(), parts);
        if (variables.isPresent()) {
          return Optional.of(new Match(route.name(), call.with(variables.get()), route.handler()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Map<String, String>> match(List<String> pattern, List<String> parts) {
    if (pattern.size() != parts.size()) {
      return Optional.empty();
    }
    Map<String, String> found = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      String expected = pattern.get(i);
      if (expected.startsWith("{")) {
        found.put(expected.substring(1, expected.length() - 1), parts.get(i));
      } else if (!expected.equalsIgnoreCase(parts.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(found);
  }

  /** How a call that nobody handles is named: the method, and the path without the names in it. */
  static String describe(Call call) {
    List<String> parts = List.of(call.path().replaceFirst("^/+", "").split("/", -1));
    int providers = -1;
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).toLowerCase(Locale.ROOT).equals("providers")) {
        providers = i;
      }
    }
    if (providers < 0 || providers + 1 >= parts.size()) {
      return call.method() + " " + call.path();
    }
    StringBuilder text = new StringBuilder(call.method()).append(' ');
    text.append(parts.get(providers + 1));
    for (int i = providers + 2; i < parts.size(); i += 2) {
      text.append('/').append(parts.get(i));
    }
    return text.toString();
  }
}
