/** That this machine is the one that was enrolled, and where its log goes on. */
package dev.lifeboat.agent.enrolment;
