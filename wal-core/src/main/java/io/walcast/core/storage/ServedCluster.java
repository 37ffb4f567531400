// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

/**
 * Which cluster WAL comes from, and what wrote it.
 *
 * @param identity which cluster
 * @param major the major version of PostgreSQL
 */
record ServedCluster(ClusterIdentity identity, int major) {}
