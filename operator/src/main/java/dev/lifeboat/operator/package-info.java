/**
 * The control plane. Watches the objects of its own namespace and drives the rest by them; it never
 * touches replicated bytes.
 */
package dev.lifeboat.operator;
