// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The bounds of {@link WalSegments}. Only {@link #DEFAULTS} and the {@code with} methods are API.
 *
 * @param ioThreads how many threads open and read files
 * @param openSegments how many segments stay open though nobody is sent any of them
 * @param temporarySegments how many of these may be decompressed ones, which take up disk space
 * @param sharedBlocks how many blocks of 128 KB, read for transports without {@code sendfile}, are kept
 * @param warmBytes how much WAL before the flush position is taken to be in the page cache, if it came since the start
 * @param warmTime for how long that is assumed of what was read
 */
public record WalSegmentsOptions(
        int ioThreads, int openSegments, int temporarySegments, int sharedBlocks, long warmBytes, Duration warmTime) {

    /** 2 threads, 64 segments, 16 of them decompressed, 32 blocks (4 MB), 16 MB, 1 minute. */
    public static final WalSegmentsOptions DEFAULTS =
            new WalSegmentsOptions(2, 64, 16, 32, 16 << 20, Duration.ofMinutes(1));

    public WalSegmentsOptions {
        requirePositive(ioThreads, "ioThreads");
        requirePositive(openSegments, "openSegments");
        requirePositive(temporarySegments, "temporarySegments");
        requirePositive(sharedBlocks, "sharedBlocks");
        if (warmBytes < 0) {
            throw new IllegalArgumentException("warmBytes: " + warmBytes + " (expected: 0 or more)");
        }
        requireNonNull(warmTime, "warmTime");
    }

    private static void requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
        }
    }

    /** Returns a copy that opens and reads files on that many threads. */
    public WalSegmentsOptions withIoThreads(int ioThreads) {
        return new WalSegmentsOptions(ioThreads, openSegments, temporarySegments, sharedBlocks, warmBytes, warmTime);
    }

    /** Returns a copy that keeps that many segments open. */
    public WalSegmentsOptions withOpenSegments(int openSegments) {
        return new WalSegmentsOptions(ioThreads, openSegments, temporarySegments, sharedBlocks, warmBytes, warmTime);
    }

    /** Returns a copy that keeps that many decompressed segments. */
    public WalSegmentsOptions withTemporarySegments(int temporarySegments) {
        return new WalSegmentsOptions(ioThreads, openSegments, temporarySegments, sharedBlocks, warmBytes, warmTime);
    }

    /** Returns a copy that keeps that many blocks. */
    public WalSegmentsOptions withSharedBlocks(int sharedBlocks) {
        return new WalSegmentsOptions(ioThreads, openSegments, temporarySegments, sharedBlocks, warmBytes, warmTime);
    }

    /** Returns a copy that takes that much WAL before the flush position to be in the page cache. */
    public WalSegmentsOptions withWarmBytes(long warmBytes) {
        return new WalSegmentsOptions(ioThreads, openSegments, temporarySegments, sharedBlocks, warmBytes, warmTime);
    }

    /** Returns a copy that takes what was read to be in the page cache for that long. */
    public WalSegmentsOptions withWarmTime(Duration warmTime) {
        return new WalSegmentsOptions(ioThreads, openSegments, temporarySegments, sharedBlocks, warmBytes, warmTime);
    }
}
