/** What runs in guests so that a test can judge their disks: writers that care for order. */
package dev.lifeboat.testbed.workload;
