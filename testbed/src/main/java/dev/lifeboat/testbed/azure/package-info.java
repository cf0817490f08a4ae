/**
 * The Azure side of the testbed: Azurite for storage, and a Resource Manager of ours, as strict as
 * Azure about what Lifeboat asks of it, that boots created machines. Nothing outlives {@link
 * dev.lifeboat.testbed.azure.AzureSite}.
 */
package dev.lifeboat.testbed.azure;
