// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import static io.walcast.core.wal.rmgr.ResourceManager.XLOG;

import io.walcast.core.wal.WalVersion;

/** The records of resource manager XLOG ({@code pg_control.h}, {@code xlog_internal.h}). */
final class XLogRecords {
    private static final String CHECKPOINT =
            "redo {lsn@0}; tli {u4@8}; prev tli {u4@12}; fpw {bool@16}; xid {fxid@24}; oid {u4@32}; multi {u4@36}; "
                    + "offset {u4@40}; oldest xid {u4@44} in DB {u4@48}; oldest multi {u4@52} in DB {u4@56}; "
                    + "oldest/newest commit timestamp xid: {u4@72}/{u4@76}; oldest running xid {u4@80}; ";

    private XLogRecords() {}

    static void addTo(RecordKinds kinds) {
        kinds.add(XLOG, 0x00, "CHECKPOINT_SHUTDOWN", CHECKPOINT + "shutdown");
        kinds.add(XLOG, 0x10, "CHECKPOINT_ONLINE", CHECKPOINT + "online");
        kinds.add(XLOG, 0x20, "NOOP", "");
        kinds.add(XLOG, 0x30, "NEXTOID", "{u4@0}");
        kinds.add(XLOG, 0x40, "SWITCH", "");
        kinds.add(XLOG, 0x50, "BACKUP_END", "{lsn@0}");
        kinds.add(
                XLOG,
                0x60,
                "PARAMETER_CHANGE",
                "max_connections={d4@0} max_worker_processes={d4@4} max_wal_senders={d4@8} max_prepared_xacts={d4@12} "
                        + "max_locks_per_xact={d4@16} wal_level={level@20} wal_log_hints={on@24} "
                        + "track_commit_timestamp={on@25}");
        kinds.add(XLOG, 0x70, "RESTORE_POINT", "{s@8}");
        kinds.add(XLOG, 0x80, "FPW_CHANGE", "{bool@0}");
        kinds.add(XLOG, 0x90, "END_OF_RECOVERY", "tli {u4@8}; prev tli {u4@12}; time {time@0}");
        kinds.add(XLOG, 0xA0, "FPI_FOR_HINT", "");
        kinds.add(XLOG, 0xB0, "FPI", "");
        kinds.add(XLOG, 0xD0, "OVERWRITE_CONTRECORD", "lsn {lsn@0}; time {time@8}");
        if (kinds.isFrom(WalVersion.V17)) {
            kinds.add(XLOG, 0xE0, "CHECKPOINT_REDO", "wal_level {level@0}");
        }
    }
}
