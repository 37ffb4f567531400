// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import static io.walcast.postmaster.waldump.WalDumpOptions.wrong;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is to be read: which files, from where, and up to where.
 *
 * @param files where the WAL is
 * @param timeline which timeline, to be read as unsigned
 * @param start where to begin
 * @param end where to stop, 0/0 for nowhere
 */
record DumpRange(SegmentFiles files, int timeline, Lsn start, Lsn end) {

    /**
     * Looks at the disk for what the options name.
     *
     * @throws WalDumpException if it is not there
     * @throws io.walcast.postmaster.receivewal.UsageException if the options do not go together
     */
    static DumpRange of(WalDumpOptions options) {
        Path path = options.path == null ? null : Path.of(options.path);
        if (path != null && !Files.isDirectory(path)) {
            throw wrong(cannotOpen(path));
        }
        String startSegment = options.startSegment;
        if (startSegment != null) {
            return ofSegments(options, path, Path.of(startSegment));
        }
        SegmentFiles files = SegmentFiles.locate(path, null);
        if (options.start.equals(Lsn.INVALID)) {
            throw wrong("no start WAL location given");
        }
        return new DumpRange(files, options.timeline, options.start, options.end);
    }

    private static DumpRange ofSegments(WalDumpOptions options, @Nullable Path path, Path file) {
        Path directory = path == null ? file.getParent() : path;
        if (directory != null && !Files.isDirectory(directory)) {
            throw new WalDumpException(cannotOpen(directory));
        }
        String fileName = String.valueOf(file.getFileName());
        SegmentFiles files = SegmentFiles.locate(directory, fileName);
        SegmentSize size = files.size();
        SegmentName first = name(fileName, size);
        Lsn start = options.start;
        if (start.equals(Lsn.INVALID)) {
            start = first.start(size);
        } else if (size.segmentNumber(start) != first.segmentNumber()) {
            throw wrong("start WAL location " + start + " is not inside file \"" + fileName + "\"");
        }
        String endSegment = options.endSegment;
        SegmentName last = endSegment == null ? first : lastSegment(files, endSegment);
        if (last.segmentNumber() < first.segmentNumber()) {
            throw new WalDumpException("ENDSEG " + endSegment + " is before STARTSEG " + options.startSegment);
        }
        Lsn after = last.next().start(size);
        Lsn end = options.end.equals(Lsn.INVALID) ? after : options.end;
        if (size.segmentNumber(end) != last.segmentNumber() && !end.equals(after)) {
            throw wrong("end WAL location " + end + " is not inside file \""
                    + (endSegment == null ? options.startSegment : endSegment) + "\"");
        }
        return new DumpRange(files, last.timeline().value(), start, end);
    }

    private static SegmentName lastSegment(SegmentFiles files, String endSegment) {
        String fileName = String.valueOf(Path.of(endSegment).getFileName());
        if (!files.has(fileName)) {
            throw new WalDumpException("could not open file \"" + fileName + "\"");
        }
        return name(fileName, files.size());
    }

    private static SegmentName name(String fileName, SegmentSize size) {
        int length = Math.min(fileName.length(), SegmentFiles.NAME_LENGTH);
        return SegmentName.parse(fileName.substring(0, length), size)
                .orElseThrow(() -> wrong("invalid name of a WAL file: \"" + fileName + "\""));
    }

    private static String cannotOpen(Path directory) {
        return "could not open directory \"%s\": %s"
                .formatted(directory, Files.exists(directory) ? "Not a directory" : "No such file or directory");
    }

    SegmentSize segmentSize() {
        return files.size();
    }

    SegmentSource source(boolean mayWait) {
        return new SegmentSource(files, timeline, end, mayWait);
    }
}
