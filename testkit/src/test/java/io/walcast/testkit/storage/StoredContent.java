// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.Lsn;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.SegmentDecompressor;
import io.walcast.core.storage.WalDirectoryOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the files of a receive directory hold of {@link StreamBytes}, plain ones and those of one compression. */
final class StoredContent {
    private static final String PARTIAL = ".partial";

    private final @Nullable SegmentCompression compression;

    StoredContent(@Nullable SegmentCompression compression) {
        this.compression = compression;
    }

    /** Returns options to write segments whose names end with {@code suffix}, and to read all. */
    WalDirectoryOptions options(String suffix) {
        if (compression == null) {
            return WalDirectoryOptions.DEFAULTS;
        }
        WalDirectoryOptions options = WalDirectoryOptions.DEFAULTS.withDecompressors(List.of(compression));
        return suffix.isEmpty() ? options : options.withCompression(compression);
    }

    /** Returns whether the segment at {@code start} is there, finished and right in all formats that it is there in. */
    boolean isFinished(FaultyFileSystem found, Lsn start) throws IOException {
        List<String> names = new ArrayList<>(names(start, ""));
        names.retainAll(found.names(ReceiveScript.DIRECTORY));
        for (String name : names) {
            byte[] content = read(found, name);
            if (!StreamBytes.matches(content, start, start.plus(StreamBytes.SIZE.bytes()))) {
                return false;
            }
        }
        return !names.isEmpty();
    }

    /** Returns whether one file at least holds all of the segment at {@code start} that is before {@code end}. */
    boolean covers(FaultyFileSystem found, Lsn start, Lsn end) throws IOException {
        List<String> names = new ArrayList<>(names(start, ""));
        names.addAll(names(start, PARTIAL));
        names.retainAll(found.names(ReceiveScript.DIRECTORY));
        for (String name : names) {
            if (StreamBytes.beginsRight(read(found, name), start, end)) {
                return true;
            }
        }
        return false;
    }

    private List<String> names(Lsn start, String ending) {
        String name = StreamBytes.fileName(start);
        return compression == null
                ? List.of(name + ending)
                : List.of(name + ending, name + compression.suffix() + ending);
    }

    private byte[] read(FaultyFileSystem found, String name) throws IOException {
        Path path = ReceiveScript.DIRECTORY.resolve(name);
        byte[] bytes = found.content(path);
        SegmentDecompressor decompressor = compression;
        return decompressor != null && name.contains(decompressor.suffix()) ? decompress(decompressor, bytes) : bytes;
    }

    /** Returns as much as whoever knows nothing of us can read. */
    private static byte[] decompress(SegmentDecompressor decompressor, byte[] bytes) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (InputStream in = decompressor.open(new ByteArrayInputStream(bytes))) {
            byte[] block = new byte[8192];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                content.write(block, 0, read);
            }
        } catch (IOException | RuntimeException e) {
            return content.toByteArray(); // cut off here
        }
        return content.toByteArray();
    }
}
