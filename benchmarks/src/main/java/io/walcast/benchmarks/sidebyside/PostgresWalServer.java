// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's walsenders: the children of its postmaster that come and go. Those that stay are not counted, nor is the
 * postmaster.
 */
final class PostgresWalServer implements WalServer {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final WalSource source;
    private final ProcessHandle postmaster;
    private final Set<Long> staying;

    /** Takes all children that are there by now for staying; nobody may be connected. */
    PostgresWalServer(WalSource source) {
        this.source = source;
        postmaster = ProcessHandle.of(source.server().pid())
                .orElseThrow(() -> new MeasurementException("the server is not running"));
        staying = Set.copyOf(children());
    }

    private List<Long> children() {
        return postmaster.children().map(ProcessHandle::pid).collect(Collectors.toList());
    }

    private long sum(LongUnaryOperator kb) {
        return children().stream()
                .filter(pid -> !staying.contains(pid))
                .mapToLong(kb::applyAsLong)
                .sum();
    }

    @Override
    public String label() {
        return "walsender";
    }

    @Override
    public String version() {
        return "PostgreSQL " + source.serverVersion();
    }

    @Override
    public int port() {
        return source.server().port();
    }

    /** The kernel's account of all children that have ended, which misses nothing. */
    @Override
    public double cpuS() {
        return ProcessTimes.of(postmaster.pid()).endedChildrenS();
    }

    @Override
    public @Nullable Double startCpuS() {
        return null;
    }

    @Override
    public long residentKb() {
        return sum(ProcessMemory::highWaterMarkKb);
    }

    @Override
    public long sessionsKb() {
        return sum(ProcessMemory::privateKb);
    }

    /** Each session has a process of its own, which begins cold. */
    @Override
    public void warmedUp() {}

    @Override
    public void awaitIdle() {
        long beganNs = System.nanoTime();
        while (!staying.containsAll(children())) {
            if (System.nanoTime() - beganNs > PATIENCE_NS) {
                throw new MeasurementException("sessions of PostgreSQL have not ended after 60 s");
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** The source has its own owner. */
    @Override
    public void close() {}
}
