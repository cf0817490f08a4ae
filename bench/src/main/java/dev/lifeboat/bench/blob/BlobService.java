package dev.lifeboat.bench.blob;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * Speaks as much of Azure's blob interface as the vault asks for, from memory: Put Blob with
 * If-None-Match and If-Match, Get Blob with a range, its properties, list, create a container.
 * Credentials are not looked at, so it listens on the loopback only. Thread-safe; whoever starts it
 * closes it.
 */
public final class BlobService implements AutoCloseable {

  /** The account in its address. */
  public static final String ACCOUNT = "bench";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Blobs blobs;
  private final URI endpoint;

  private BlobService(HttpServer server, String scheme, boolean sink) {
    this.server = server;
    blobs = new Blobs(path -> sink && path.contains("/segment/"));
    endpoint = URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort() + "/" + ACCOUNT);
    server.setExecutor(threads);
    server.createContext("/", new BlobHandler(blobs));
    server.start();
  }

  /** Starts one over HTTPS. A sink takes segments and keeps nothing of them. */
  public static BlobService start(SSLContext tls, boolean sink) throws IOException {
    HttpsServer server = HttpsServer.create(address(), 64);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new BlobService(server, "https", sink);
  }

  /** Starts one without TLS. */
  public static BlobService startPlain(boolean sink) throws IOException {
    return new BlobService(HttpServer.create(address(), 64), "http", sink);
  }

  private static InetSocketAddress address() {
    // Else each answer waits for the peer's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** The account's address. */
  public URI endpoint() {
    return endpoint;
  }

  /** Bytes of blobs that came in, kept or not. */
  public long received() {
    return blobs.received();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
