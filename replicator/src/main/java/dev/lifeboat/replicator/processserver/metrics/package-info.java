/** The figures that the process server tells about itself. */
package dev.lifeboat.replicator.processserver.metrics;
