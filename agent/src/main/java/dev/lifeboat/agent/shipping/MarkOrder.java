package dev.lifeboat.agent.shipping;

import java.util.concurrent.CompletableFuture;

/**
 * Somebody wants a mark.
 *
 * @param label what it is to be called
 * @param patient whether to wait until the machine is consistent; else it is refused meanwhile
 * @param answer completed when the mark is in the vault
 */
record MarkOrder(String label, boolean patient, CompletableFuture<MarkId> answer) {}
