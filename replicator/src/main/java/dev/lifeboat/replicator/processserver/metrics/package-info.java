/**
 * What the process server tells about itself: Prometheus metrics, health and readiness over HTTP.
 */
package dev.lifeboat.replicator.processserver.metrics;
