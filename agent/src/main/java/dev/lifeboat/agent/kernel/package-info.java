/**
 * What the agent asks of the Linux kernel, without a compiler and without native code of our own:
 * system calls, type information (BTF), an assembler for BPF, maps, programs and links.
 */
package dev.lifeboat.agent.kernel;
