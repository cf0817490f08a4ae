/**
 * A Kubernetes cluster for tests and for the prompt, real in every case: one that is given, K3s in
 * a container, or a node compiled from Kubernetes' own module that runs in namespaces of its own.
 */
package dev.lifeboat.testbed.cluster;
