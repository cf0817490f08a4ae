package dev.lifeboat.agent.convergence;

import java.util.List;

/**
 * What a mark that is taken now would be.
 *
 * @param position the producer's position, read first
 * @param consistent whether image and log equal the machine there
 * @param disks the disks for which that holds
 */
public record Judgement(long position, boolean consistent, List<Integer> disks) {
  public Judgement {
    disks = List.copyOf(disks);
  }
}
