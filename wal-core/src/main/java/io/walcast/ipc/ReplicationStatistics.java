// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import java.util.List;

/** What a walsender tells of itself. Safe for use from any thread. */
public interface ReplicationStatistics {

    /** Returns the rows of {@code pg_stat_replication}, one for each session, by pid. */
    List<StatReplicationRow> replication();

    /** Returns the rows of {@code pg_replication_slots}, by name. Reads the disk. */
    List<ReplicationSlotRow> slots();
}
