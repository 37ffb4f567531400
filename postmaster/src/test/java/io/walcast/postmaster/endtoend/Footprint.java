// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM on Linux takes up. It must run with {@code -XX:NativeMemoryTracking=summary}.
 *
 * @param threads all of the process, the JVM's own among them
 * @param descriptors open file descriptors
 * @param heapBytes what is alive on the heap after a collection
 * @param directBytes memory outside of the heap that Java code has allocated: direct buffers and Netty's arenas
 * @param residentBytes physical memory, the JVM's own and the code's included
 */
record Footprint(int threads, int descriptors, long heapBytes, long directBytes, long residentBytes) {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern DIRECT = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern ALLOCATED = Pattern.compile("(?m)^\"walcast-libpq-server.* allocated=([0-9]+)([BKM])");

    /** Measures, with a full collection. */
    static Footprint of(long pid) {
        int threads = entries(pid, "task");
        int descriptors = entries(pid, "fd");
        long resident = number(RESIDENT, read(pid)) << 10;
        long heap = number(LIVE, jcmd(pid, "GC.class_histogram"));
        long direct = number(DIRECT, jcmd(pid, "VM.native_memory", "summary")) << 10;
        return new Footprint(threads, descriptors, heap, direct, resident);
    }

    /** Returns how many files are open. */
    static int descriptors(long pid) {
        return entries(pid, "fd");
    }

    /** Returns how many threads there are. */
    static int threads(long pid) {
        return entries(pid, "task");
    }

    /** Returns how many bytes the event loops of the libpq transport have allocated on the heap so far. */
    static long allocatedByLoops(long pid) {
        Matcher matcher = ALLOCATED.matcher(jcmd(pid, "Thread.print", "-e"));
        long sum = 0;
        while (matcher.find()) {
            int shift = switch (matcher.group(2)) {
                case "K" -> 10;
                case "M" -> 20;
                default -> 0;
            };
            sum += Long.parseLong(matcher.group(1)) << shift;
        }
        return sum;
    }

    private static int entries(long pid, String directory) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), directory))) {
            return Math.toIntExact(entries.count());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "status"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jcmd(long pid, String... command) {
        String[] arguments =
                Stream.concat(Stream.of(Long.toString(pid)), Stream.of(command)).toArray(String[]::new);
        return Tool.of(Path.of(System.getProperty("java.home"), "bin", "jcmd"))
                .run(LIMIT, arguments)
                .requireSuccess()
                .stdout();
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
