// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a full disk from a broken one. The JDK gives no error number, only the C library's text for it, and that is in
 * the language of the locale. So:
 *
 * <ol>
 *   <li>the text for {@code ENOSPC} is learned once, by a write to {@code /dev/full}, which always answers with it;
 *   <li>{@code EDQUOT} cannot be had that way; its texts in the C locale are known;
 *   <li>without a {@code /dev/full} the usable space decides for any other text: next to none left means full. Where the text
 *       for {@code ENOSPC} is known, it does not: a disk may break while it is full.
 * </ol>
 *
 * <p>When in doubt the answer is "broken", which ends the storage loudly; "full" is only a pause.
 */
final class DiskFull {
    private static final Path ALWAYS_FULL = Path.of("/dev/full");
    private static final Set<String> QUOTA_TEXTS = Set.of("disk quota exceeded", "disc quota exceeded");
    private static final Set<String> C_LOCALE_TEXTS = Set.of("no space left on device");

    /** Less than a page and what a file system keeps for itself beside it. */
    private static final long NEXT_TO_NONE_BYTES = 16 * 1024;

    private static final @Nullable String LEARNED_TEXT = learn();

    private DiskFull() {}

    /** Returns {@code e}, or a {@link DiskFullException} in its place if that is what it means. */
    static IOException told(IOException e, Path path) {
        String reason = reason(e);
        if (e instanceof DiskFullException || !meansFull(reason, LEARNED_TEXT, () -> usableBytes(path))) {
            return e;
        }
        return new DiskFullException(path + ": " + reason, e);
    }

    static boolean meansFull(@Nullable String reason, @Nullable String learnedText, LongSupplier usableBytes) {
        if (reason == null) {
            return false;
        }
        String lowerCase = reason.toLowerCase(Locale.ROOT);
        return reason.equals(learnedText)
                || QUOTA_TEXTS.contains(lowerCase)
                || C_LOCALE_TEXTS.contains(lowerCase)
                || (learnedText == null && usableBytes.getAsLong() < NEXT_TO_NONE_BYTES);
    }

    private static @Nullable String reason(IOException e) {
        return e instanceof FileSystemException named ? named.getReason() : e.getMessage();
    }

    private static long usableBytes(Path path) {
        try {
            Path directory = path.toAbsolutePath().getParent();
            return directory == null
                    ? Long.MAX_VALUE
                    : Files.getFileStore(directory).getUsableSpace();
        } catch (IOException cannotTell) {
            return Long.MAX_VALUE;
        }
    }

    private static @Nullable String learn() {
        try (FileChannel full = FileChannel.open(ALWAYS_FULL, StandardOpenOption.WRITE)) {
            full.write(ByteBuffer.allocate(1));
            return null;
        } catch (IOException e) {
            return e instanceof FileSystemException ? null : e.getMessage();
        }
    }
}
