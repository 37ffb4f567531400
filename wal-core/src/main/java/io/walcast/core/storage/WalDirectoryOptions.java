// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;

/**
 * How a {@link WalDirectory} is opened. Only {@link #DEFAULTS} and the {@code with} methods are API.
 *
 * @param sync whether anything is synced; false is {@code --no-sync}, which keeps no promise
 * @param create whether a missing directory is made
 * @param groupAccess whether the group may read what is made, see {@link WalDirectory#setGroupAccess}
 * @param warnings told each warning, one line without a severity
 */
public record WalDirectoryOptions(boolean sync, boolean create, boolean groupAccess, Consumer<String> warnings) {

    /** Synced, not created, for the owner only, warnings unheard. */
    public static final WalDirectoryOptions DEFAULTS =
            new WalDirectoryOptions(true, false, false, WalDirectoryOptions::unheard);

    public WalDirectoryOptions {
        requireNonNull(warnings, "warnings");
    }

    /** Returns a copy that syncs, or does not. */
    public WalDirectoryOptions withSync(boolean sync) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings);
    }

    /** Returns a copy that makes a missing directory, or does not. */
    public WalDirectoryOptions withCreate(boolean create) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings);
    }

    /** Returns a copy that lets the group read, or does not. */
    public WalDirectoryOptions withGroupAccess(boolean groupAccess) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings);
    }

    /** Returns a copy that tells {@code warnings} of each warning. */
    public WalDirectoryOptions withWarnings(Consumer<String> warnings) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings);
    }

    private static void unheard(String warning) {}
}
