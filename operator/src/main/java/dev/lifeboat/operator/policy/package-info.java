/** Policies: their vault, their process servers, and what agents are told of these. */
package dev.lifeboat.operator.policy;
