/** What the operator needs of a cloud, as a port; {@code azure} is its adapter. */
package dev.lifeboat.operator.cloud;
