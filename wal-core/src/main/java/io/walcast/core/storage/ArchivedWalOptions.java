// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * How an {@link ArchivedWal} is read. Only {@link #of} and the {@code with} methods are API.
 *
 * @param temporaryDirectory where compressed segments are decompressed to, in files without a name
 * @param decompressors what can be read beside plain files
 * @param sync whether files are synced before they are offered; false keeps no promise
 * @param warnings told each warning, one line without a severity
 */
public record ArchivedWalOptions(
        Path temporaryDirectory, List<SegmentDecompressor> decompressors, boolean sync, Consumer<String> warnings) {

    public ArchivedWalOptions {
        requireNonNull(temporaryDirectory, "temporaryDirectory");
        decompressors = List.copyOf(decompressors);
        requireNonNull(warnings, "warnings");
    }

    /** Returns the defaults: gzip, synced, warnings unheard. */
    public static ArchivedWalOptions of(Path temporaryDirectory) {
        return new ArchivedWalOptions(temporaryDirectory, List.of(SegmentDecompressor.GZIP), true, warning -> {});
    }

    /** Returns a copy with other decompressors; of two for the same suffix the first is taken. */
    public ArchivedWalOptions withDecompressors(List<SegmentDecompressor> decompressors) {
        return new ArchivedWalOptions(temporaryDirectory, decompressors, sync, warnings);
    }

    /** Returns a copy that syncs, or does not. */
    public ArchivedWalOptions withSync(boolean sync) {
        return new ArchivedWalOptions(temporaryDirectory, decompressors, sync, warnings);
    }

    /** Returns a copy that tells {@code warnings} of each warning. */
    public ArchivedWalOptions withWarnings(Consumer<String> warnings) {
        return new ArchivedWalOptions(temporaryDirectory, decompressors, sync, warnings);
    }
}
