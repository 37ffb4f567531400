// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import static io.walcast.core.wal.rmgr.ResourceManager.CLOG;
import static io.walcast.core.wal.rmgr.ResourceManager.COMMIT_TS;
import static io.walcast.core.wal.rmgr.ResourceManager.DATABASE;
import static io.walcast.core.wal.rmgr.ResourceManager.GENERIC;
import static io.walcast.core.wal.rmgr.ResourceManager.LOGICAL_MESSAGE;
import static io.walcast.core.wal.rmgr.ResourceManager.MULTIXACT;
import static io.walcast.core.wal.rmgr.ResourceManager.RELMAP;
import static io.walcast.core.wal.rmgr.ResourceManager.REPLICATION_ORIGIN;
import static io.walcast.core.wal.rmgr.ResourceManager.SEQUENCE;
import static io.walcast.core.wal.rmgr.ResourceManager.STORAGE;
import static io.walcast.core.wal.rmgr.ResourceManager.TABLESPACE;

import io.walcast.core.wal.WalVersion;

/** The records of the smaller resource managers: files, databases, logs of transactions, origins, messages. */
final class SystemRecords {
    private static final int MULTIXACT_MEMBERS = 12;
    private static final int MESSAGE = 24;

    private SystemRecords() {}

    static void addTo(RecordKinds kinds) {
        addFiles(kinds);
        addLogs(kinds);
        kinds.add(SEQUENCE, 0x00, "LOG", "rel {rel@0}");
        kinds.add(REPLICATION_ORIGIN, 0x00, "SET", "set {u2@8}; lsn {lsn@0}; force: {u1@10}");
        kinds.add(REPLICATION_ORIGIN, 0x10, "DROP", "drop {u2@0}");
        for (int kind = 0; kind <= 0xF0; kind += 0x10) {
            kinds.add(GENERIC, kind, "Generic", SystemRecords::generic);
        }
        kinds.add(LOGICAL_MESSAGE, 0x00, "MESSAGE", SystemRecords::message);
    }

    private static void addFiles(RecordKinds kinds) {
        kinds.add(STORAGE, 0x10, "CREATE", (record, out) -> out.append(record.path(0, record.int32(12))));
        kinds.add(STORAGE, 0x20, "TRUNCATE", "{path@4} to {u4@0} blocks flags {d4@16}");
        String copy = "copy dir {u4@12}/{u4@8} to {u4@4}/{u4@0}";
        if (kinds.isFrom(WalVersion.V15)) {
            kinds.add(DATABASE, 0x00, "CREATE_FILE_COPY", copy);
            kinds.add(DATABASE, 0x10, "CREATE_WAL_LOG", "create dir {u4@4}/{u4@0}");
            kinds.add(DATABASE, 0x20, "DROP", SystemRecords::dropDatabase);
        } else {
            kinds.add(DATABASE, 0x00, "CREATE", copy);
            kinds.add(DATABASE, 0x10, "DROP", SystemRecords::dropDatabase);
        }
        kinds.add(TABLESPACE, 0x00, "CREATE", "{u4@0} \"{s@4}\"");
        kinds.add(TABLESPACE, 0x10, "DROP", "{u4@0}");
        kinds.add(RELMAP, 0x00, "UPDATE", "database {u4@0} tablespace {u4@4} size {d4@8}");
    }

    private static void addLogs(RecordKinds kinds) {
        boolean hasLongPages = kinds.isFrom(WalVersion.V17);
        String page = hasLongPages ? "{d8@0}" : "{d4@0}";
        String oldest = hasLongPages ? "{u4@8}" : "{u4@4}";
        kinds.add(CLOG, 0x00, "ZEROPAGE", "page " + page);
        kinds.add(CLOG, 0x10, "TRUNCATE", "page " + page + "; oldestXact " + oldest);
        kinds.add(COMMIT_TS, 0x00, "ZEROPAGE", page);
        kinds.add(COMMIT_TS, 0x10, "TRUNCATE", "pageno " + page + ", oldestXid " + oldest);
        kinds.add(MULTIXACT, 0x00, "ZERO_OFF_PAGE", page);
        kinds.add(MULTIXACT, 0x10, "ZERO_MEM_PAGE", page);
        kinds.add(MULTIXACT, 0x20, "CREATE_ID", SystemRecords::createMultixact);
        kinds.add(MULTIXACT, 0x30, "TRUNCATE_ID", "offsets [{u4@4}, {u4@8}), members [{u4@12}, {u4@16})");
    }

    private static void dropDatabase(RecordFields record, StringBuilder out) {
        out.append("dir");
        int count = record.int32(4);
        for (int i = 0; i < count; i++) {
            out.append(' ').append(record.uint32(8 + 4 * i)).append('/').append(record.uint32(0));
        }
    }

    private static void createMultixact(RecordFields record, StringBuilder out) {
        int count = record.int32(8);
        out.append(record.uint32(0)).append(" offset ").append(record.uint32(4));
        out.append(" nmembers ").append(count).append(": ");
        for (int i = 0; i < count; i++) {
            int at = MULTIXACT_MEMBERS + 8 * i;
            out.append(record.uint32(at)).append(" (");
            out.append(
                    switch (record.int32(at + 4)) {
                        case 0 -> "keysh";
                        case 1 -> "sh";
                        case 2 -> "fornokeyupd";
                        case 3 -> "forupd";
                        case 4 -> "nokeyupd";
                        case 5 -> "upd";
                        default -> "unk";
                    });
            out.append(") ");
        }
    }

    private static void generic(RecordFields record, StringBuilder out) {
        int at = 0;
        while (at < record.length()) {
            int length = record.uint16(at + 2);
            out.append("offset ").append(record.uint16(at)).append(", length ").append(length);
            at += 4 + length;
            if (at < record.length()) {
                out.append("; ");
            }
        }
    }

    private static void message(RecordFields record, StringBuilder out) {
        int prefixBytes = record.size(8);
        int bytes = record.size(16);
        out.append(record.isSet(4) ? "transactional" : "non-transactional");
        out.append(", prefix \"").append(record.text(MESSAGE, prefixBytes));
        out.append("\"; payload (").append(bytes).append(" bytes): ");
        for (int i = 0; i < bytes; i++) {
            out.append(i == 0 ? "" : " ").append("%02X".formatted(record.uint8(MESSAGE + prefixBytes + i)));
        }
    }
}
