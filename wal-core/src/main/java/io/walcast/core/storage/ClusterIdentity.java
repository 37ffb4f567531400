// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;

/**
 * What never changes about the cluster that WAL came from.
 *
 * @param systemIdentifier which cluster
 * @param segmentSize the size of its segments
 */
record ClusterIdentity(SystemIdentifier systemIdentifier, SegmentSize segmentSize) {}
