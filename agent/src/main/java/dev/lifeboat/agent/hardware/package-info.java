/** Who and where this machine is: hardware identity, boot and clocks through one seam. */
package dev.lifeboat.agent.hardware;
