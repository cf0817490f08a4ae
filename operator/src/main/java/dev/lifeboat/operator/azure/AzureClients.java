package dev.lifeboat.operator.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RequestRetryCondition;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.authorization.AuthorizationManager;
import com.azure.resourcemanager.authorization.fluent.PermissionsClient;
import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.network.NetworkManager;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.resources.ResourceManager;
import com.azure.resourcemanager.resources.fluent.ResourceManagementClient;
import com.azure.resourcemanager.resources.fluent.SubscriptionsClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The SDK's clients of one subscription. A call whose connection broke, or that met a fault of the
 * service, is tried once more; one that is throttled is not, for the SDK would sleep until then.
 */
record AzureClients(
    ComputeManagementClient compute,
    NetworkManagementClient network,
    ResourceManagementClient resources,
    SubscriptionsClient subscriptions,
    PermissionsClient permissions,
    String subscription) {

  static AzureClients of(
      AzureSettings settings, HttpClient http, TokenCredential credential, String subscription) {
    AzureProfile profile = new AzureProfile(null, subscription, environment(settings));
    RetryOptions once =
        new RetryOptions(new FixedDelayOptions(1, Duration.ofMillis(200)))
            .setShouldRetryCondition(AzureClients::isWorthRetrying);
    ResourceManager resources =
        ResourceManager.configure()
            .withHttpClient(http)
            .withRetryOptions(once)
            .authenticate(credential, profile)
            .withSubscription(subscription);
    return new AzureClients(
        ComputeManager.configure()
            .withHttpClient(http)
            .withRetryOptions(once)
            .authenticate(credential, profile)
            .serviceClient(),
        NetworkManager.configure()
            .withHttpClient(http)
            .withRetryOptions(once)
            .authenticate(credential, profile)
            .serviceClient(),
        resources.serviceClient(),
        resources.subscriptionClient().getSubscriptions(),
        AuthorizationManager.configure()
            .withHttpClient(http)
            .withRetryOptions(once)
            .authenticate(credential, profile)
            .roleServiceClient()
            .getPermissions(),
        subscription);
  }

  private static boolean isWorthRetrying(RequestRetryCondition condition) {
    HttpResponse answer = condition.getResponse();
    return answer == null
        ? condition.getThrowable() instanceof IOException
        : Set.of(500, 502, 504).contains(answer.getStatusCode());
  }

  private static AzureEnvironment environment(AzureSettings settings) {
    Map<String, String> endpoints = new HashMap<>(AzureEnvironment.AZURE.getEndpoints());
    String manager = slash(settings.resourceManager());
    endpoints.put("resourceManagerEndpointUrl", manager);
    endpoints.put("managementEndpointUrl", manager);
    endpoints.put("activeDirectoryEndpointUrl", slash(settings.authority()));
    endpoints.put("activeDirectoryResourceId", manager);
    return new AzureEnvironment(endpoints);
  }

  private static String slash(URI uri) {
    String text = uri.toString();
    return text.endsWith("/") ? text : text + "/";
  }
}
