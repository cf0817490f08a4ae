/**
 * The endpoint that agents enrol at, renew their certificates at, report to, and are told by what
 * to do; and what is remembered of them.
 */
package dev.lifeboat.operator.agents;
