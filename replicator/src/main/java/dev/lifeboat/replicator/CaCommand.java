package dev.lifeboat.replicator;

import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Makes the certificates of a site by hand: an authority, and identities for machines and servers.
 * Never overwrites.
 */
@Command(
    name = "ca",
    description =
        "Makes certificates: an authority, and identities for machines and process servers.",
    mixinStandardHelpOptions = true)
final class CaCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to make: create, machine or server");
  }

  @Command(
      name = "create",
      description = "Makes a certificate authority.",
      mixinStandardHelpOptions = true)
  int create(
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "where ca.crt and ca.key go")
          Path dir,
      @Option(names = "--name", defaultValue = "Lifeboat", description = "its name in certificates")
          String name)
      throws IdentityException, IOException {
    Files.createDirectories(dir);
    CertificateAuthority made = CertificateAuthority.create(dir, name, Clock.systemUTC());
    PrintWriter out = spec.commandLine().getOut();
    out.println("made the authority " + made.certificate().getSubjectX500Principal());
    out.println("  " + dir.resolve("ca.crt") + "  its certificate");
    out.println(
        "  " + dir.resolve("ca.key") + "  its key: whoever has it can join; keep it offline");
    out.println("next: lifeboat-replicator ca server --ca " + dir + " --host NAME --out DIR");
    return 0;
  }

  @Command(
      name = "machine",
      description = "Makes the identity of a protected machine.",
      mixinStandardHelpOptions = true)
  int machine(
      @Option(
              names = "--ca",
              required = true,
              paramLabel = "DIR",
              description = "the authority's directory")
          Path ca,
      @Option(
              names = "--machine",
              required = true,
              paramLabel = "UUID",
              description = "the machine's uid in the vault")
          UUID uid,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "where the identity goes")
          Path out,
      @Option(
              names = "--days",
              defaultValue = "30",
              description = "how long it holds: ${DEFAULT-VALUE}")
          int days)
      throws IdentityException, IOException {
    CertificateAuthority authority = CertificateAuthority.open(ca, Clock.systemUTC());
    Files.createDirectories(out);
    authority.issueMachine(uid, validity(days)).writeTo(out);
    told("machine " + uid, out, days);
    spec.commandLine()
        .getOut()
        .println(
            "next: bring the directory to the machine and name it in the agent's configuration");
    return 0;
  }

  @Command(
      name = "server",
      description = "Makes the identity of a process server.",
      mixinStandardHelpOptions = true)
  int server(
      @Option(
              names = "--ca",
              required = true,
              paramLabel = "DIR",
              description = "the authority's directory")
          Path ca,
      @Option(
              names = "--host",
              required = true,
              paramLabel = "NAME",
              description = "DNS name or IP address that agents use; may be given several times")
          List<String> hosts,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "where the identity goes")
          Path out,
      @Option(
              names = "--days",
              defaultValue = "30",
              description = "how long it holds: ${DEFAULT-VALUE}")
          int days)
      throws IdentityException, IOException {
    CertificateAuthority authority = CertificateAuthority.open(ca, Clock.systemUTC());
    Files.createDirectories(out);
    authority.issueServer(hosts, validity(days)).writeTo(out);
    told("process server " + String.join(", ", hosts), out, days);
    spec.commandLine()
        .getOut()
        .println("next: name the directory as `identity` in the process server's configuration");
    return 0;
  }

  private Duration validity(int days) {
    if (days < 1 || days > 3650) {
      throw new ParameterException(spec.commandLine(), "--days must be between 1 and 3650");
    }
    return Duration.ofDays(days);
  }

  private void told(String whom, Path out, int days) {
    PrintWriter print = spec.commandLine().getOut();
    print.println("made the identity of " + whom + ", valid for " + days + " days");
    print.println("  " + out.resolve("tls.crt") + "  certificate");
    print.println("  " + out.resolve("tls.key") + "  key: it must not leave its machine");
    print.println("  " + out.resolve("ca.crt") + "  the authority it believes");
  }
}
