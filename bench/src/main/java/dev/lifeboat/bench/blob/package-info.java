/** A blob service in memory, so that the service is not what is measured. */
package dev.lifeboat.bench.blob;
