/** The storage layout of Lifeboat, and the program that works on it by hand. */
package dev.lifeboat.vault;
