/**
 * Runs: TestFailover, CleanupTestFailover, Failover, Commit. {@code MemberPlanner} is a pure
 * function from what is observed of one machine to what is done next; {@code RunReconciler}
 * observes, acts and reports. A step is repeated until what it wants is seen, so a crash anywhere
 * costs nothing.
 */
package dev.lifeboat.operator.recovery;
