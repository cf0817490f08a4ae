/** Measures Lifeboat side by side with what a user would pick instead, and writes the page. */
package dev.lifeboat.bench;
