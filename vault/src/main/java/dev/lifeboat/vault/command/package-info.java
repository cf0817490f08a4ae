/** The subcommands of lifeboat-vault and their configuration file. */
package dev.lifeboat.vault.command;
