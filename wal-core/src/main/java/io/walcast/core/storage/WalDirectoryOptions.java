// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link WalDirectory} is opened. Only {@link #DEFAULTS} and the {@code with} methods are API.
 *
 * @param sync whether anything is synced; false is {@code --no-sync}, which keeps no promise
 * @param create whether a missing directory is made
 * @param groupAccess whether the group may read what is made, see {@link WalDirectory#setGroupAccess}
 * @param warnings told each warning, one line without a severity
 * @param compression how the segments are compressed that are written, or null for plain ones
 * @param decompressors what can read the compressed segments that are there already; others are compared with nothing
 */
public record WalDirectoryOptions(
        boolean sync,
        boolean create,
        boolean groupAccess,
        Consumer<String> warnings,
        @Nullable SegmentCompression compression,
        List<SegmentDecompressor> decompressors) {

    /** Synced, not created, for the owner only, warnings unheard, plain segments; those of gzip can be read. */
    public static final WalDirectoryOptions DEFAULTS = new WalDirectoryOptions(
            true, false, false, WalDirectoryOptions::unheard, null, List.of(SegmentDecompressor.GZIP));

    public WalDirectoryOptions {
        requireNonNull(warnings, "warnings");
        decompressors = List.copyOf(decompressors);
    }

    /** Returns a copy that syncs, or does not. */
    public WalDirectoryOptions withSync(boolean sync) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings, compression, decompressors);
    }

    /** Returns a copy that makes a missing directory, or does not. */
    public WalDirectoryOptions withCreate(boolean create) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings, compression, decompressors);
    }

    /** Returns a copy that lets the group read, or does not. */
    public WalDirectoryOptions withGroupAccess(boolean groupAccess) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings, compression, decompressors);
    }

    /** Returns a copy that tells {@code warnings} of each warning. */
    public WalDirectoryOptions withWarnings(Consumer<String> warnings) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings, compression, decompressors);
    }

    /** Returns a copy that compresses the segments it writes. */
    public WalDirectoryOptions withCompression(SegmentCompression compression) {
        requireNonNull(compression, "compression");
        return new WalDirectoryOptions(sync, create, groupAccess, warnings, compression, decompressors);
    }

    /** Returns a copy that reads compressed segments with {@code decompressors}. */
    public WalDirectoryOptions withDecompressors(List<? extends SegmentDecompressor> decompressors) {
        return new WalDirectoryOptions(sync, create, groupAccess, warnings, compression, List.copyOf(decompressors));
    }

    private static void unheard(String warning) {}
}
