package dev.lifeboat.operator.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import dev.lifeboat.operator.secret.Secrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.Callable;
import reactor.core.publisher.Mono;

/** The operator's Azure on a client whose changing calls go through a test's hands. */
public final class TestClouds {

  private static final Set<HttpMethod> CHANGING =
      Set.of(HttpMethod.PUT, HttpMethod.POST, HttpMethod.DELETE, HttpMethod.PATCH);

  /** Lets a call be made, or not, or its answer be lost. */
  @FunctionalInterface
  public interface Gate {
    /**
     * Makes the call, if it is to be made.
     *
     * @param name of a call that changes something; empty for one that only looks
     */
    <T> T pass(String name, Callable<T> call) throws IOException;
  }

  private TestClouds() {}

  /** Calls of the Resource Manager go through the gate, those for tokens do not. */
  public static AzureClouds over(
      AzureSettings settings, Secrets secrets, HttpClient http, Gate gate) {
    return new AzureClouds(settings, secrets, new Gated(settings, http, gate));
  }

  private record Gated(AzureSettings settings, HttpClient http, Gate gate) implements HttpClient {

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
      return send(request, Context.NONE);
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request, Context context) {
      return Mono.fromCallable(() -> passed(request, context));
    }

    @Override
    public HttpResponse sendSync(HttpRequest request, Context context) {
      try {
        return passed(request, context);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private HttpResponse passed(HttpRequest request, Context context) throws IOException {
      if (request.getUrl().getHost().equals(settings.authority().getHost())) {
        return http.sendSync(request, context);
      }
      String path = request.getUrl().getPath();
      String name =
          CHANGING.contains(request.getHttpMethod())
              ? request.getHttpMethod() + " " + path.replaceFirst("^/+subscriptions/[^/]+/", "")
              : "";
      return gate.pass(name, () -> http.sendSync(request, context));
    }
  }
}
