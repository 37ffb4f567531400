// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.WalException;
import io.walcast.core.wal.PageRules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads many segments, several at once, each on one of a few threads.
 *
 * <p>Threading: one call at a time.
 */
final class SegmentScans {
    private static final int MAX_RETRIES = 5;

    private final WalInventory inventory;
    private final StoredTimelines stored;
    private final int jobs;
    private final VerifyProgress progress;
    private final Map<StoredSegment, SegmentResult> results = new ConcurrentHashMap<>();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    SegmentScans(WalInventory inventory, StoredTimelines stored, int jobs, VerifyProgress progress) {
        this.inventory = inventory;
        this.stored = stored;
        this.jobs = jobs;
        this.progress = progress;
    }

    Map<StoredSegment, SegmentResult> run(List<StoredSegment> segments) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i < Math.min(jobs, segments.size()); i++) {
            Thread thread = new Thread(() -> work(segments), "walcast-verify-" + i);
            thread.start();
            threads.add(thread);
        }
        work(segments);
        threads.forEach(SegmentScans::join);
        Throwable failed = failure.get();
        if (failed instanceof Error error) {
            throw error;
        } else if (failed != null) {
            throw new IllegalStateException(failed);
        }
        return results;
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(List<StoredSegment> segments) {
        try {
            ByteBuffer buffer = ByteBuffer.allocateDirect(SegmentScan.BUFFER_BYTES);
            long total = (long) segments.size() * inventory.segmentSize().bytes();
            for (int i = taken.getAndIncrement(); i < segments.size(); i = taken.getAndIncrement()) {
                StoredSegment segment = segments.get(i);
                results.put(segment, scan(segment, buffer, total));
            }
        } catch (RuntimeException | Error e) { // told by the thread that waits for us
            failure.compareAndSet(null, e);
            taken.set(segments.size());
        }
    }

    private SegmentResult scan(StoredSegment segment, ByteBuffer buffer, long total) {
        SegmentResult result = scanOnce(segment, buffer, bytes -> progress.read(bytes, total));
        // Somebody may be writing to an unfinished segment: what looks like damage may be what was not there yet.
        for (int i = 0;
                i < MAX_RETRIES
                        && segment.file().partial()
                        && result.stretches().size() > 1;
                i++) {
            SegmentResult again = scanOnce(segment, buffer, bytes -> {});
            if (again.equals(result)) {
                break;
            }
            result = again;
        }
        return result;
    }

    private SegmentResult scanOnce(StoredSegment segment, ByteBuffer buffer, LongConsumer told) {
        TimelineId timeline = segment.name().timeline();
        PageRules rules = new PageRules(
                inventory.segmentSize(),
                inventory.origin().version(),
                inventory.origin().systemIdentifier(),
                timeline,
                stored.history(timeline));
        List<WalProblem> problems = new ArrayList<>();
        SegmentResult result;
        try (TimelinePath path = new TimelinePath(inventory, timeline, stored.history(timeline))) {
            result = new SegmentScan(segment, rules, path, buffer, told).run();
            problems.addAll(result.problems());
        } catch (WalException e) {
            problems.add(problem(segment, String.valueOf(e.getMessage())));
            return new SegmentResult(segment, List.of(), problems, true);
        }
        checkFile(segment, problems);
        return new SegmentResult(segment, result.stretches(), problems, result.hasPage());
    }

    /** A finished segment has all its bytes. */
    private void checkFile(StoredSegment segment, List<WalProblem> problems) {
        if (segment.file().partial()) {
            return;
        }
        long expected = segment.end() - segment.start();
        if (segment.file().isPlain()) {
            if (segment.file().size() != expected) {
                problems.add(problem(
                        segment,
                        "file has %d bytes, expected %d"
                                .formatted(segment.file().size(), expected)));
            }
            return;
        }
        try (SegmentBytes bytes = inventory.open(segment)) {
            long length = bytes.length();
            if (bytes.damage() != null) {
                problems.add(problem(segment, "could not decompress: " + bytes.damage()));
            } else if (length != expected) {
                problems.add(problem(
                        segment,
                        "file has %s bytes when decompressed, expected %d"
                                .formatted(length > expected ? "more than " + expected : length, expected)));
            }
        } catch (IOException e) {
            problems.add(problem(segment, "could not read file: " + e.getMessage()));
        }
    }

    private static WalProblem problem(StoredSegment segment, String message) {
        return new WalProblem(
                WalProblem.Kind.SEGMENT,
                new Lsn(segment.start()),
                segment.file().fileName(),
                message);
    }
}
