/** Other people's programs, as the testbed runs them: for an answer, or for as long as it lives. */
package dev.lifeboat.testbed.process;
