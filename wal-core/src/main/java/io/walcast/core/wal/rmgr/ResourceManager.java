// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import java.util.Locale;

/** The resource managers that are part of PostgreSQL ({@code rmgrlist.h}), by number; the same in 14 to 18. */
public enum ResourceManager {
    /** The WAL itself: checkpoints, full page images, parameters. */
    XLOG(0, "XLOG"),
    /** Commits, aborts and prepared transactions. */
    TRANSACTION(1, "Transaction"),
    /** Files of relations made and truncated. */
    STORAGE(2, "Storage"),
    /** The commit log. */
    CLOG(3, "CLOG"),
    /** Databases made and dropped. */
    DATABASE(4, "Database"),
    /** Tablespaces made and dropped. */
    TABLESPACE(5, "Tablespace"),
    /** Locks that several transactions share. */
    MULTIXACT(6, "MultiXact"),
    /** The files of mapped catalogs. */
    RELMAP(7, "RelMap"),
    /** What a hot standby must know. */
    STANDBY(8, "Standby"),
    /** Tables: the operations for which {@link #HEAP} had no number left. */
    HEAP2(9, "Heap2"),
    /** Tables. */
    HEAP(10, "Heap"),
    /** B-tree indexes. */
    BTREE(11, "Btree"),
    /** Hash indexes. */
    HASH(12, "Hash"),
    /** GIN indexes. */
    GIN(13, "Gin"),
    /** GiST indexes. */
    GIST(14, "Gist"),
    /** Sequences. */
    SEQUENCE(15, "Sequence"),
    /** SP-GiST indexes. */
    SPGIST(16, "SPGist"),
    /** BRIN indexes. */
    BRIN(17, "BRIN"),
    /** Commit timestamps. */
    COMMIT_TS(18, "CommitTs"),
    /** How far replication origins have come. */
    REPLICATION_ORIGIN(19, "ReplicationOrigin"),
    /** Pages that extensions change. */
    GENERIC(20, "Generic"),
    /** Messages for logical decoding. */
    LOGICAL_MESSAGE(21, "LogicalMessage");

    private static final ResourceManager[] BY_ID = values();

    private final int id;
    private final String rmgrName;

    ResourceManager(int id, String rmgrName) {
        this.id = id;
        this.rmgrName = rmgrName;
    }

    /** Returns PostgreSQL's name for it, for example {@code Btree}. */
    public String rmgrName() {
        return rmgrName;
    }

    /** Returns its number in records. */
    public int id() {
        return id;
    }

    /** Returns whether the number is that of a resource manager here, not of an extension's. */
    public static boolean isBuiltin(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    /** Returns the resource manager of the given number, which must be one of these. */
    public static ResourceManager of(int id) {
        return BY_ID[id];
    }

    /** Returns the name of number {@code id}; an extension's is called {@code custom} and the number. */
    public static String nameOf(int id) {
        return isBuiltin(id) ? BY_ID[id].rmgrName : String.format(Locale.ROOT, "custom%03d", id);
    }
}
