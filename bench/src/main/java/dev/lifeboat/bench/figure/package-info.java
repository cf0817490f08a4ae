/** The figures, one class each, and the parts that they are measured with. */
package dev.lifeboat.bench.figure;
