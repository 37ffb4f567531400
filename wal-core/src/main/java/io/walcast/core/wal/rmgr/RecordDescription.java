// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogRecord;

/**
 * What a record does, in {@code pg_waldump}'s words ({@code rm_identify}, {@code rm_desc}).
 *
 * <p>The words are those of version 15, whichever version wrote the record. Records that 15 does not have are described as
 * their own version does. Stateless.
 */
public final class RecordDescription {
    private RecordDescription() {}

    /** Returns the name of what {@code record} does, for example {@code INSERT+INIT}. */
    public static String operation(XLogRecord record, WalVersion version) {
        return operation(record.resourceManager(), record.kind(), version);
    }

    /** Returns the name of what records of one kind do; {@code UNKNOWN} with the bits if that is not known. */
    public static String operation(int resourceManager, int kind, WalVersion version) {
        RecordKinds.Kind found = RecordKinds.of(version).find(resourceManager, kind);
        return found == null ? "UNKNOWN (" + Integer.toHexString(kind) + ")" : found.operation();
    }

    /**
     * Appends what is to be said of {@code record} besides its operation and its blocks, for example {@code off 3 flags 0x08};
     * nothing if there is no more, or if it cannot be told.
     */
    public static void appendDetails(XLogRecord record, WalVersion version, StringBuilder out) {
        int manager = record.resourceManager();
        if (!ResourceManager.isBuiltin(manager)) {
            out.append("rmid: ").append(manager);
            return;
        }
        RecordKinds.Kind kind = RecordKinds.of(version).find(manager, record.kind());
        if (kind == null) {
            return;
        }
        int before = out.length();
        try {
            kind.details().append(RecordFields.of(record, version), out);
        } catch (IndexOutOfBoundsException e) {
            // Not laid out as this version's records of the kind are: better nothing than half.
            out.setLength(before);
        }
    }
}
