package dev.lifeboat.testbed.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;

/**
 * A Kubernetes cluster that is up, wherever it runs. It has a default storage class with volumes of
 * both modes, cluster DNS, and room for pods whose CPU requests sum to less than one core. Nothing
 * in it enforces a NetworkPolicy, so those are checked as objects only. Thread-safe; close it.
 */
public interface Cluster extends AutoCloseable {

  /** What it is, for people and reports. */
  String description();

  /** An administrator's kubeconfig, which holds all it needs; gone when the cluster is closed. */
  Path kubeconfig();

  /**
   * Makes an image known under the names in its archive. Pods that use it need another pull policy
   * than {@code Always}.
   *
   * @param archive as Jib's {@code buildTar} or {@code docker save} write it
   */
  void load(Path archive) throws IOException;

  /** Where NodePorts answer: for machines outside the pod network, guests included. */
  InetAddress address();

  /** Ends it and what runs in it; a cluster that was given stays as it is. */
  @Override
  void close() throws IOException;
}
