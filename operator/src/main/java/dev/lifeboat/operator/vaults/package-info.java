/** The vault as the operator sees it: heads, points, new machines; never what is in a segment. */
package dev.lifeboat.operator.vaults;
