/** The testbed at a prompt: {@code testbed/run up|status|down}. */
package dev.lifeboat.testbed.run;
