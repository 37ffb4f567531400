// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The words the scanner tells from identifiers, in upper case only, and the versions in which it does. */
enum Keyword {
    IDENTIFY_SYSTEM(14, Use.COMMAND),
    BASE_BACKUP(14, Use.COMMAND),
    START_REPLICATION(14, Use.COMMAND),
    CREATE_REPLICATION_SLOT(14, Use.COMMAND),
    ALTER_REPLICATION_SLOT(17, Use.COMMAND),
    DROP_REPLICATION_SLOT(14, Use.COMMAND),
    READ_REPLICATION_SLOT(15, Use.COMMAND),
    TIMELINE_HISTORY(14, Use.COMMAND),
    SHOW(14, Use.COMMAND),
    UPLOAD_MANIFEST(17, Use.COMMAND),

    PHYSICAL(14, Use.OPTION_NAME),
    LOGICAL(14, Use.OPTION_NAME),
    SLOT(14, Use.OPTION_NAME),
    TIMELINE(14, Use.OPTION_NAME),
    TEMPORARY(14, Use.OPTION_NAME),
    RESERVE_WAL(14, Use.OPTION_NAME),
    EXPORT_SNAPSHOT(14, Use.OPTION_NAME),
    NOEXPORT_SNAPSHOT(14, Use.OPTION_NAME),
    USE_SNAPSHOT(14, Use.OPTION_NAME),
    TWO_PHASE(15, Use.OPTION_NAME),
    WAIT(14, Use.OPTION_NAME),

    LABEL(14, Use.OLD_BASE_BACKUP),
    PROGRESS(14, Use.OLD_BASE_BACKUP),
    FAST(14, Use.OLD_BASE_BACKUP),
    WAL(14, Use.OLD_BASE_BACKUP),
    NOWAIT(14, Use.OLD_BASE_BACKUP),
    MAX_RATE(14, Use.OLD_BASE_BACKUP),
    TABLESPACE_MAP(14, Use.OLD_BASE_BACKUP),
    NOVERIFY_CHECKSUMS(14, Use.OLD_BASE_BACKUP),
    MANIFEST(14, Use.OLD_BASE_BACKUP),
    MANIFEST_CHECKSUMS(14, Use.OLD_BASE_BACKUP);

    private static final int NEW_BASE_BACKUP = 15;
    private static final Map<String, Keyword> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

    private final int since;
    private final Use use;

    Keyword(int since, Use use) {
        this.since = since;
        this.use = use;
    }

    private enum Use {
        COMMAND,
        OPTION_NAME,
        /** An option of {@code BASE_BACKUP} before these became identifiers. */
        OLD_BASE_BACKUP
    }

    /** Returns the keyword of {@code major} that is written so, or null. */
    static @Nullable Keyword of(String text, int major) {
        Keyword found = BY_NAME.get(text);
        boolean known =
                found != null && found.since <= major && (found.use != Use.OLD_BASE_BACKUP || major < NEW_BASE_BACKUP);
        return known ? found : null;
    }

    boolean isOldBaseBackupOption() {
        return use == Use.OLD_BASE_BACKUP;
    }

    /** Returns whether it may also stand as the name of an option in a list. */
    boolean isOptionName() {
        return this != READ_REPLICATION_SLOT;
    }

    boolean startsCommand() {
        return use == Use.COMMAND;
    }
}
