/** What every long-running program tells others about itself over HTTP. */
package dev.lifeboat.wire.metrics;
