/**
 * Recovery points: which marks can be brought back, and what a blob that is missing or altered
 * costs.
 */
package dev.lifeboat.vault.point;
