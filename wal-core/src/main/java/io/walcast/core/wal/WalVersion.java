// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import java.util.Optional;

/** A PostgreSQL major version, as the magic number of its WAL pages tells it ({@code XLOG_PAGE_MAGIC}). */
public enum WalVersion {
    /** PostgreSQL 14. */
    V14(14, 0xD10D),
    /** PostgreSQL 15. */
    V15(15, 0xD110),
    /** PostgreSQL 16. */
    V16(16, 0xD113),
    /** PostgreSQL 17. */
    V17(17, 0xD116),
    /** PostgreSQL 18. */
    V18(18, 0xD118);

    /** What the magic numbers of all versions have in common: the upper byte. */
    private static final int FAMILY = 0xD100;

    private static final int LAST_BUILTIN_RMGR = 21;
    private static final int FIRST_CUSTOM_RMGR = 128;
    private static final int LAST_CUSTOM_RMGR = 255;

    private final int major;
    private final int magic;

    WalVersion(int major, int magic) {
        this.major = major;
        this.magic = magic;
    }

    /** Returns the version whose pages carry {@code magic}, or empty if it is not one of these. */
    public static Optional<WalVersion> ofMagic(int magic) {
        for (WalVersion version : values()) {
            if (version.magic == magic) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    /** Returns whether {@code magic} is that of a version after the last one here: WAL to pass on, not to decode. */
    public static boolean isLater(int magic) {
        return (magic & 0xFF00) == FAMILY && magic > V18.magic;
    }

    /** Returns the major version number. */
    public int major() {
        return major;
    }

    /** Returns the number at the start of each page. */
    public int magic() {
        return magic;
    }

    /** Returns whether a record may belong to resource manager {@code id} ({@code RmgrIdIsValid}). */
    boolean hasResourceManager(int id) {
        boolean custom = major >= 15 && id >= FIRST_CUSTOM_RMGR && id <= LAST_CUSTOM_RMGR;
        return custom || (id >= 0 && id <= LAST_BUILTIN_RMGR);
    }
}
