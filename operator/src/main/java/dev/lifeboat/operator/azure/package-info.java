/** Azure's Resource Manager behind the port of {@code cloud}, on the official SDK. */
package dev.lifeboat.operator.azure;
