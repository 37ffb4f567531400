// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sync as {@code strace -f -y} shows it.
 *
 * @param call {@code fsync} or {@code fdatasync}
 * @param file what was synced, relative to the receive directory; empty for that itself
 * @param number its place among those of the same thread, call and file, from 1: so {@code strace} counts
 * @param failed whether it was made to fail
 */
record TracedSync(String call, String file, int number, boolean failed) {
    private static final Map<String, String> TEXTS =
            Map.of("EIO", "Input/output error", "ENOSPC", "No space left on device", "EDQUOT", "Disk quota exceeded");

    private static final Pattern LINE =
            Pattern.compile("(\\d+) +(?:(fsync|fdatasync)\\(\\d+<([^>]*)>|<\\.\\.\\. \\w+ resumed>)(.*)");
    private static final Pattern SEGMENT = Pattern.compile("(?:.*/)?([0-9A-F]{24})\\.(?:partial|next|tmp)");

    /** Returns the C library's text for an error. */
    static String text(String error) {
        return String.valueOf(TEXTS.get(error));
    }

    /** Returns the syncs in {@code trace} that concern {@code directory}, in the order in which they ended. */
    static List<TracedSync> read(Path trace, Path directory) throws IOException {
        List<TracedSync> syncs = new ArrayList<>();
        Map<String, String[]> unfinished = new HashMap<>();
        Map<List<String>, Integer> numbers = new HashMap<>();
        for (String line : Files.readAllLines(trace)) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                continue;
            }
            String thread = matcher.group(1);
            String rest = matcher.group(4);
            if (matcher.group(2) != null) {
                unfinished.put(thread, new String[] {matcher.group(2), matcher.group(3)});
            }
            String[] begun = unfinished.get(thread);
            if (rest.contains("<unfinished")
                    || begun == null
                    || !Path.of(begun[1]).startsWith(directory)) {
                continue;
            }
            String file = directory.relativize(Path.of(begun[1])).toString();
            int number = numbers.merge(List.of(thread, begun[0], file), 1, Integer::sum);
            syncs.add(new TracedSync(begun[0], file, number, rest.contains("(INJECTED)")));
        }
        return syncs;
    }

    /** Returns the options by which {@code strace} has this sync, in {@code directory}, fail with {@code error}. */
    List<String> injection(Path directory, String error) {
        Path path = file.isEmpty() ? directory : directory.resolve(file);
        return List.of("-P", path.toString(), "-e", "inject=" + call + ":error=" + error + ":when=" + number);
    }

    boolean ofDirectory() {
        return file.isEmpty();
    }

    /** Returns whether this is of a file that WAL is written to, not of one that is being made. */
    boolean ofWal() {
        return file.endsWith(".partial");
    }

    /** Returns the segment that was synced, if it was one. */
    Optional<SegmentName> segment(SegmentSize size) {
        Matcher matcher = SEGMENT.matcher(file);
        return matcher.matches() ? SegmentName.parse(matcher.group(1), size) : Optional.empty();
    }
}
