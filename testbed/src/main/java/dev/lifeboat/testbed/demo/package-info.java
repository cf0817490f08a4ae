/** The main job from end to end: a guest protected, lost, and brought up in Azure. */
package dev.lifeboat.testbed.demo;
