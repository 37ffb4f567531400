// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import static java.util.Objects.requireNonNull;

import io.walcast.core.wal.WalVersion;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of records there are, of one version of PostgreSQL. */
final class RecordKinds {
    private static final int KINDS_PER_MANAGER = 16;
    private static final Map<WalVersion, RecordKinds> BY_VERSION = new EnumMap<>(WalVersion.class);

    static {
        for (WalVersion version : WalVersion.values()) {
            BY_VERSION.put(version, new RecordKinds(version));
        }
    }

    private final WalVersion version;
    private final @Nullable Kind[] kinds = new @Nullable Kind[ResourceManager.values().length * KINDS_PER_MANAGER];

    /**
     * A kind of record.
     *
     * @param operation PostgreSQL's name for what it does
     * @param details what can be said of it
     */
    record Kind(String operation, Details details) {}

    private RecordKinds(WalVersion version) {
        this.version = version;
        SystemRecords.addTo(this);
        XLogRecords.addTo(this);
        TransactionRecords.addTo(this);
        HeapRecords.addTo(this);
        IndexRecords.addTo(this);
        GinRecords.addTo(this);
    }

    static RecordKinds of(WalVersion version) {
        return requireNonNull(BY_VERSION.get(version));
    }

    WalVersion version() {
        return version;
    }

    boolean isFrom(WalVersion first) {
        return version.compareTo(first) >= 0;
    }

    void add(ResourceManager manager, int kind, String operation, String template) {
        add(manager, kind, operation, template.isEmpty() ? Details.NONE : new Template(template));
    }

    void add(ResourceManager manager, int kind, String operation, Details details) {
        kinds[index(manager.id(), kind)] = new Kind(operation, details);
    }

    /** Returns the kind with the given bits of the info byte, or null if there is none. */
    @Nullable
    Kind find(int manager, int kind) {
        return ResourceManager.isBuiltin(manager) ? kinds[index(manager, kind)] : null;
    }

    private static int index(int manager, int kind) {
        return manager * KINDS_PER_MANAGER + (kind >> 4);
    }
}
