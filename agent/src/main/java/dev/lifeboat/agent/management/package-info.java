/**
 * The agent's side of the operator's endpoint: how a machine enrols, reports and is told what to
 * do, and how its certificate is renewed. Nothing here moves data: that goes on without it.
 */
package dev.lifeboat.agent.management;
