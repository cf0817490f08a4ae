package dev.lifeboat.testbed.azure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/**
 * Makes {@code *.testbed.local} known to this JVM: the address where an {@link AzureSite} was
 * started last, which is the system property {@value #PROPERTY}. Programs of their own get it as
 * {@code -Dlifeboat.testbed.address=...} with the testbed on their class path, by a hosts file, or
 * by the cluster's DNS. Loaded by the JDK.
 */
public final class TestbedNames extends InetAddressResolverProvider {

  /** Where the address is. */
  public static final String PROPERTY = "lifeboat.testbed.address";

  /** Loaded by the JDK. */
  public TestbedNames() {
    // Nothing to prepare.
  }

  /** Where the vaults' account is, if that is another address. */
  public static final String VAULT_PROPERTY = "lifeboat.testbed.vault-address";

  static void point(InetAddress address, InetAddress vaults) {
    System.setProperty(PROPERTY, address.getHostAddress());
    System.setProperty(VAULT_PROPERTY, vaults.getHostAddress());
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver builtin = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        if (!host.endsWith("." + AzureSite.DOMAIN)) {
          return builtin.lookupByName(host, policy);
        }
        String address = System.getProperty(PROPERTY);
        if (host.equals(AzureSite.VAULT_HOST)) {
          address = System.getProperty(VAULT_PROPERTY, address);
        }
        if (address == null) {
          throw new UnknownHostException(host + ": no Azure side of the testbed was started");
        }
        // With its name, which is what clients put into their TLS greeting.
        return Stream.of(
            InetAddress.getByAddress(host, InetAddress.ofLiteral(address).getAddress()));
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return builtin.lookupByAddress(address);
      }
    };
  }

  @Override
  public String name() {
    return "names of Lifeboat's testbed";
  }
}
