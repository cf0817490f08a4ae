package dev.lifeboat.agent;

import dev.lifeboat.agent.capture.CaptureRefusedException;
import dev.lifeboat.agent.enrolment.DiskBindings;
import dev.lifeboat.agent.enrolment.Enrolment;
import dev.lifeboat.agent.hardware.DiskIdentity;
import dev.lifeboat.agent.hardware.HardwareIdentity;
import dev.lifeboat.agent.kernel.DirectoryLock;
import dev.lifeboat.agent.management.Assignment;
import dev.lifeboat.agent.management.Authority;
import dev.lifeboat.agent.management.Enrolled;
import dev.lifeboat.agent.management.EnrolmentRequest;
import dev.lifeboat.agent.management.OperatorClient;
import dev.lifeboat.agent.management.RefusedException;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.Endpoint;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.JdkTls;
import dev.lifeboat.wire.identity.PendingIdentity;
import dev.lifeboat.wire.identity.TlsContexts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes this machine one that an operator knows. */
@Command(
    name = "enrol",
    description = {
      "Enrols this machine with the operator: checks who it is, makes a key that never leaves this"
          + " machine, has it certified, and writes configuration and identity where `run` looks for"
          + " them. Endpoint, token and hash stand in the command of the machine's ProtectedVM.",
      "Can be repeated with the same token until it has succeeded. On a machine that was another"
          + " one before, what was captured for that one is ended and forgotten."
    },
    mixinStandardHelpOptions = true)
final class EnrolCommand implements Callable<Integer> {
  private static final int PORT = 443;
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  @Mixin private AgentCommand.Config config;

  @Option(
      names = "--endpoint",
      required = true,
      paramLabel = "HOST:PORT",
      description = "where the operator listens for agents")
  private String endpoint = "";

  @Option(
      names = "--token",
      defaultValue = "${env:LIFEBOAT_TOKEN:-}",
      paramLabel = "TOKEN",
      description =
          "works once, for one machine, until it expires; better given as LIFEBOAT_TOKEN in the"
              + " environment, for other users can read arguments")
  private String token = "";

  @Option(
      names = "--ca-sha256",
      required = true,
      paramLabel = "HASH",
      description = "what the operator's authority must hash to")
  private String hash = "";

  @Option(
      names = "--disk",
      paramLabel = "DEVICE",
      description =
          "a whole disk that may be protected, instead of every disk of the machine; repeatable")
  private List<Path> only = new ArrayList<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Endpoint operator = endpoint();
    if (token.isBlank()) {
      throw usage("there is no token: set LIFEBOAT_TOKEN, as the machine's command does");
    }
    if (!hash.matches("[0-9a-fA-F]{64}")) {
      throw usage("--ca-sha256 must be 64 hexadecimal digits: copy the whole command");
    }
    try (EnrolledConfiguration configuration =
        EnrolledConfiguration.open(config.file(), operator)) {
      AgentSettings settings = configuration.settings();
      HardwareIdentity hardware = Agent.hardware(settings, RunCommand.machine(settings));
      if (hardware.tellsNothing()) {
        throw new CaptureRefusedException(Enrolment.TELLS_NOTHING);
      }
      List<String> disks = disks();
      StateDirectory state = StateDirectory.open(settings.stateDirectory());
      try (DirectoryLock _ = StateDirectory.lock(settings.stateDirectory())) {
        enrol(operator, settings, state, hardware, disks);
      }
      configuration.keep();
    }
    return AgentCommand.DONE;
  }

  private Endpoint endpoint() {
    return Endpoint.parse(endpoint, PORT).orElseThrow(() -> usage("--endpoint must be host:port"));
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private List<String> disks() throws IOException {
    List<Path> devices = only.isEmpty() ? DiskIdentity.ownDisks() : only;
    for (Path device : devices) {
      if (DiskIdentity.find(device).isEmpty()) {
        throw usage("--disk " + device + " is no whole disk of this machine: see lsblk --nodeps");
      }
    }
    if (devices.isEmpty()) {
      throw new CaptureRefusedException(
          "this machine has no disk that could be protected: name those that are by --disk");
    }
    return devices.stream().map(Path::toString).toList();
  }

  private void enrol(
      Endpoint operator,
      AgentSettings settings,
      StateDirectory state,
      HardwareIdentity hardware,
      List<String> disks)
      throws IOException, IdentityException {
    String authority = Authority.fetch(operator, hash);
    EnrolmentRequest.Facts facts = facts();
    PendingIdentity pending = PendingIdentity.open(settings.identity(), facts.hostName());
    Enrolled enrolled;
    try (OperatorClient client =
        new OperatorClient(
            operator, JdkTls.trusting(Identity.certificates("the authority", authority)))) {
      enrolled =
          client.enrol(
              new EnrolmentRequest(token, pending.request(), hardware.text(), facts, disks));
    } catch (RefusedException e) {
      if (!e.isPassing()) {
        pending.discard();
      }
      throw e;
    }
    Identity identity = pending.with(enrolled.certificate(), authority);
    if (!TlsContexts.machine(identity.certificate()).equals(enrolled.machine())) {
      throw new IdentityException("the operator certified another machine than it names");
    }
    if (Enrolment.isOfAnother(state, enrolled.machine(), hardware)) {
      Agent.detach(settings);
      Enrolment.forget(state);
    }
    Assignment.forget(state);
    var _ =
        DiskBindings.resolve(
            state, enrolled.disks().stream().map(Assignment.Disk::toProtect).toList());
    pending.install(identity);
    spec.commandLine()
        .getOut()
        .println("enrolled as machine " + enrolled.machine() + " at " + operator);
  }

  private static EnrolmentRequest.Facts facts() throws IOException {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    return new EnrolmentRequest.Facts(
        Files.readString(HOST_NAME).strip(),
        AgentCommand.VERSION,
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize() >> 20);
  }
}
