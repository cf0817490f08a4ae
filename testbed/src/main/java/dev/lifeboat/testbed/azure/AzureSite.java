package dev.lifeboat.testbed.azure;

import dev.lifeboat.vault.blob.AzureHttp;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * An Azure of one's own: storage ({@code ACCOUNT.blob.testbed.local}), the Resource Manager ({@code
 * management.testbed.local}) and the place where tokens come from ({@code login.testbed.local}),
 * all at one address, with certificates of one authority. In this JVM the names are known as soon
 * as it is started ({@link TestbedNames}). Closing it ends every machine; nothing is kept.
 * Thread-safe.
 */
public final class AzureSite implements AutoCloseable {

  /** What all its names end in. */
  public static final String DOMAIN = "testbed.local";

  /** The storage account for vaults. */
  public static final String VAULT_ACCOUNT = "lifeboat";

  static final String VAULT_HOST = VAULT_ACCOUNT + ".blob." + DOMAIN;

  /** The regions there are. */
  public static final Set<String> LOCATIONS = Set.of("westeurope", "northeurope");

  /** The storage account that is the cloud's own. */
  static final String DISK_ACCOUNT = "manageddisks";

  /** Of all its names. */
  static final int PORT = 443;

  private static final Duration VALIDITY = Duration.ofDays(30);
  private static final Duration STORAGE_TIMEOUT = Duration.ofSeconds(60);

  /**
   * Whom the Resource Manager lets in.
   *
   * @param client the application's id
   */
  public record Account(String tenant, String client, String secret, String subscription) {
    static Account create() {
      return new Account(
          UUID.randomUUID().toString(),
          UUID.randomUUID().toString(),
          UUID.randomUUID().toString(),
          UUID.randomUUID().toString());
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "Account[tenant=" + tenant + ", client=" + client + "]";
    }
  }

  private final Path folder;
  private final Account account = Account.create();
  private final Faults faults = new Faults();
  private final Limits limits = new Limits();
  private final Rights rights = new Rights();
  private final BlobService blobs;
  private final ArmServer server;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private AzureSite(Path folder, AzureSettings settings) throws IOException {
    this.folder = folder;
    Clock clock = Clock.systemUTC();
    Identity identity = identity(folder, settings, clock);
    open.push(settings.machines());
    TestbedNames.point(settings.address(), settings.vaultAddress());
    try {
      blobs =
          BlobService.start(
              folder.resolve("identity"),
              folder.resolve("blobs"),
              settings.address(),
              settings.blobsInMemory());
      open.push(blobs);
      Operations operations =
          new Operations(clock, settings.operationTime(), settings.retryAfterSeconds(), faults);
      open.push(operations);
      Cloud cloud = new Cloud(account.subscription(), LOCATIONS);
      Tokens tokens = new Tokens(account.tenant(), clock);
      server =
          new ArmServer(
              new InetSocketAddress(settings.address(), 0),
              identity,
              new ArmServer.Services(
                  tokens,
                  new Login(account, tokens),
                  cloud,
                  rights,
                  faults,
                  operations,
                  new DiskGate(http().trust(), blobs.disks().endpoint(), faults, clock),
                  clock),
              routes(cloud, operations, settings, clock));
      server.start();
      open.push(server);
      InetSocketAddress storage = new InetSocketAddress(settings.address(), blobs.port());
      InetSocketAddress rest = new InetSocketAddress(settings.address(), server.port());
      for (InetAddress door : doors(settings)) {
        open.push(
            new FrontDoor(
                new InetSocketAddress(door, PORT),
                name -> name.equals(VAULT_HOST) ? storage : rest));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** One or two: both may be the same. */
  private static Set<InetAddress> doors(AzureSettings settings) {
    return new HashSet<>(List.of(settings.address(), settings.vaultAddress()));
  }

  /**
   * Starts one; its files lie in {@code folder}, which exists and is the caller's to remove. Takes
   * over the settings' machine host, also when it fails.
   */
  public static AzureSite start(Path folder, AzureSettings settings) throws IOException {
    return new AzureSite(folder.toAbsolutePath(), settings);
  }

  private Routes routes(Cloud cloud, Operations operations, AzureSettings settings, Clock clock)
      throws IOException {
    Provisioner provisioner = new Provisioner(cloud, operations);
    DiskBlobs diskBlobs = new DiskBlobs(http().client(), blobs.disks());
    MachineHost host = settings.machines();
    Path diskFolder = Files.createDirectories(diskFolder());
    Disks disks = new Disks(cloud, provisioner, diskBlobs, limits, diskFolder);
    Machines machines =
        new Machines(
            cloud,
            disks,
            diskBlobs,
            host,
            Files.createDirectories(folder.resolve("machines")),
            settings.mostMemoryMiB());
    VirtualNetworks networks = new VirtualNetworks(cloud, provisioner, limits, host);
    Usages usages = new Usages(cloud, limits);
    Routes routes = new Routes();
    new ResourceGroups(cloud, operations, machines, disks, host).addTo(routes);
    disks.addTo(routes);
    networks.addTo(routes);
    new NetworkInterfaces(cloud, provisioner, limits, networks).addTo(routes);
    new VirtualMachines(cloud, provisioner, usages, machines, diskBlobs, clock).addTo(routes);
    usages.addTo(routes);
    rights.addTo(routes, cloud);
    new TestApi(faults, limits).addTo(routes);
    String polls = "/subscriptions/{subscription}/providers/{namespace}/locations/{location}/";
    return routes
        .on("GET", polls + "operations/{operation}", "Operations_Get", operations::state)
        .on("GET", polls + "operationResults/{operation}", "Operations_Result", operations::result);
  }

  private static Identity identity(Path folder, AzureSettings settings, Clock clock)
      throws IOException {
    try {
      CertificateAuthority authority =
          settings.authority().isPresent()
              ? CertificateAuthority.open(settings.authority().get(), clock)
              : CertificateAuthority.create(folder.resolve("ca"), "Lifeboat testbed", clock);
      Identity identity =
          authority.issueServer(
              List.of(
                  "management." + DOMAIN,
                  "login." + DOMAIN,
                  "*.blob." + DOMAIN,
                  settings.address().getHostAddress()),
              VALIDITY);
      identity.writeTo(folder.resolve("identity"));
      return identity;
    } catch (IdentityException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What {@code azure.caFile} is to be. */
  public Path caFile() {
    return folder.resolve("identity").resolve("ca.crt");
  }

  /** A client's way to speak HTTP to all of it. */
  public AzureHttp http() {
    return new AzureHttp(Optional.of(caFile()), STORAGE_TIMEOUT);
  }

  /** What {@code azure.managementEndpoint} is to be. */
  public URI management() {
    return URI.create("https://management." + DOMAIN);
  }

  /** What {@code AZURE_AUTHORITY_HOST} is to be. */
  public URI login() {
    return URI.create("https://login." + DOMAIN);
  }

  /** Where vaults are. */
  public URI vaultEndpoint() {
    return blobs.vault().endpoint();
  }

  /** The shared key of {@link #VAULT_ACCOUNT}. */
  public String vaultKey() {
    return blobs.vault().key();
  }

  private Path diskFolder() {
    return folder.resolve("disks");
  }

  /**
   * The SHA-256 of a disk's bytes as the first machine got them, in hexadecimal digits.
   *
   * @param disk its name, the newest one of that name
   */
  public String bootedHash(String disk) throws IOException {
    return Files.readString(Disks.hashFile(diskFolder(), disk)).split(" ", 2)[0];
  }

  public Account account() {
    return account;
  }

  /** What goes wrong, and what was asked. */
  public Faults faults() {
    return faults;
  }

  /** The quotas. */
  public Limits limits() {
    return limits;
  }

  /** What {@link #account} may do. */
  public Rights rights() {
    return rights;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (AutoCloseable part : open) {
      try {
        part.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IOException("could not end " + part, e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    open.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
