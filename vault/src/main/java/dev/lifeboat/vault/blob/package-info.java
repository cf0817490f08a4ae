/** The few calls that the storage layout makes to a blob service, and how each of them fails. */
package dev.lifeboat.vault.blob;
