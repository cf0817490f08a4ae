package dev.lifeboat.operator;

import dev.lifeboat.operator.agents.AgentDesk;
import dev.lifeboat.operator.agents.AgentManagement;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.agents.AuthorityStore;
import dev.lifeboat.operator.agents.Enrolments;
import dev.lifeboat.operator.agents.ManagementCertificate;
import dev.lifeboat.operator.agents.ManagementEndpoint;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.cloud.Clouds;
import dev.lifeboat.operator.policy.MetricsGauge;
import dev.lifeboat.operator.policy.PolicyReconciler;
import dev.lifeboat.operator.protection.MachineMetrics;
import dev.lifeboat.operator.protection.MachineReconciler;
import dev.lifeboat.operator.protection.ReadinessWatch;
import dev.lifeboat.operator.recovery.PlanReconciler;
import dev.lifeboat.operator.recovery.RunReconciler;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.vaults.KeptDenials;
import dev.lifeboat.operator.vaults.Vaults;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.metrics.MetricsEndpoint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator put together and running; whoever started it closes it. */
public final class OperatorProgram implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(OperatorProgram.class);

  /** Retries for ever, from 2 s to 5 min. */
  private static final int FIRST_RETRY = 2_000;

  private static final int LAST_RETRY = 300_000;
  private static final Duration STOP_WITHIN = Duration.ofSeconds(20);

  private final AtomicBoolean stopping;
  private final Operator operator;
  private final ManagementEndpoint endpoint;
  private final MetricsEndpoint metrics;

  /**
   * What the operator works with outside of Kubernetes.
   *
   * @param deposed what happens when another becomes the leader while this one works: it must end
   *     at once. Not called at a stop that was asked for
   */
  public record World(Vaults vaults, Clouds clouds, Clock clock, Runnable deposed) {}

  private OperatorProgram(
      AtomicBoolean stopping,
      Operator operator,
      ManagementEndpoint endpoint,
      MetricsEndpoint metrics) {
    this.stopping = stopping;
    this.operator = operator;
    this.endpoint = endpoint;
    this.metrics = metrics;
  }

  /** Starts; returns when everything is registered. */
  public static OperatorProgram start(
      OperatorSettings settings, KubernetesClient client, World world)
      throws IOException, IdentityException {
    Clock clock = world.clock();
    String namespace = settings.namespace();
    CertificateAuthority authority = AuthorityStore.open(client, namespace, clock);
    AgentReports reports = new AgentReports(clock);
    SecretRecords records = new SecretRecords(client, namespace);
    Events events = new Events(client, clock);
    CollectorRegistry registry = new CollectorRegistry(true);
    DefaultExports.register(registry);
    MachineReconciler machines =
        new MachineReconciler(
            client,
            world.vaults(),
            new MachineReconciler.Agents(
                new Enrolments(records, authority, settings.agentEndpoint(), clock),
                records,
                reports,
                new KeptDenials(client, namespace, clock)),
            new MachineReconciler.Seen(
                new ReadinessWatch(world.clouds(), Thread::startVirtualThread, clock),
                new MachineMetrics(registry)),
            events,
            clock);
    AgentManagement management =
        AgentDesk.open(
            client,
            namespace,
            authority,
            reports,
            machine -> machines.nudge(namespace, machine),
            clock);
    AtomicBoolean stopping = new AtomicBoolean();
    Operator operator =
        new Operator(overrider -> configure(overrider, settings, client, deposed(world, stopping)));
    List<Reconciler<?>> reconcilers =
        List.of(
            new PolicyReconciler(
                client, world.vaults(), settings.image(), authority, events, clock),
            machines,
            new PlanReconciler(client, events, clock),
            new RunReconciler(
                new RunReconciler.Means(
                    client,
                    world.vaults(),
                    world.clouds(),
                    records,
                    reports,
                    new MetricsGauge(client, clock)),
                settings.image(),
                events,
                clock));
    reconcilers.forEach(reconciler -> register(operator, reconciler, namespace));
    operator.start();
    ManagementEndpoint endpoint = listen(settings, authority, management, clock);
    MetricsEndpoint metrics = tell(settings, registry, operator);
    LOG.info("the operator runs for namespace {}", namespace);
    return new OperatorProgram(stopping, operator, endpoint, metrics);
  }

  private static Runnable deposed(World world, AtomicBoolean stopping) {
    return () -> {
      if (!stopping.get()) {
        LOG.error("another operator leads: this one ends");
        world.deposed().run();
      }
    };
  }

  private static ManagementEndpoint listen(
      OperatorSettings settings,
      CertificateAuthority authority,
      AgentManagement management,
      Clock clock)
      throws IOException, IdentityException {
    return new ManagementEndpoint(
        new InetSocketAddress(settings.managementPort()),
        new ManagementCertificate(authority, List.of(settings.agentHost()), clock),
        management,
        settings.packageFile());
  }

  private static MetricsEndpoint tell(
      OperatorSettings settings, CollectorRegistry registry, Operator operator) throws IOException {
    return new MetricsEndpoint(
        new InetSocketAddress(settings.metricsPort()),
        registry,
        () ->
            operator.getRuntimeInfo().allEventSourcesAreHealthy()
                ? ""
                : "an event source is not healthy: the log says which");
  }

  private static void configure(
      ConfigurationServiceOverrider overrider,
      OperatorSettings settings,
      KubernetesClient client,
      Runnable deposed) {
    overrider
        .withKubernetesClient(client)
        .withCloseClientOnStop(false)
        .withReconciliationTerminationTimeout(STOP_WITHIN);
    if (settings.leaderElection()) {
      overrider.withLeaderElectionConfiguration(
          LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration("lifeboat-operator")
              .withLeaseNamespace(settings.namespace())
              .withIdentity(settings.podName())
              // The library would end the program by itself, also in the middle of its clean end.
              .withExitOnStopLeading(false)
              .withLeaderCallbacks(new LeaderCallbacks(() -> {}, deposed, leader -> {}))
              .build());
    }
  }

  private static <R extends io.fabric8.kubernetes.api.model.HasMetadata> void register(
      Operator operator, Reconciler<R> reconciler, String namespace) {
    operator.register(
        reconciler,
        (ControllerConfigurationOverrider<R> overrider) ->
            overrider
                .settingNamespace(namespace)
                .withRetry(
                    new GenericRetry()
                        .withoutMaxAttempts()
                        .setInitialInterval(FIRST_RETRY)
                        .setIntervalMultiplier(2)
                        .setMaxInterval(LAST_RETRY)));
  }

  /** The port of agents' management, of use when 0 was asked for. */
  public int managementPort() {
    return endpoint.port();
  }

  /** The port of metrics and health. */
  public int metricsPort() {
    return metrics.port();
  }

  @Override
  public void close() throws IOException {
    stopping.set(true);
    endpoint.close();
    operator.stop();
    metrics.close();
  }
}
