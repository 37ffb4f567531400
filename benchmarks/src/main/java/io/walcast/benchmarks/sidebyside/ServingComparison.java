// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runs of one server. */
final class ServingComparison {
    private static final long INTERVAL_MS = 20;
    private static final long SESSIONS_INTERVAL_MS = 200;

    private final WalServer server;
    private final Pull pull;
    private final List<Usage> timed = new ArrayList<>();
    private @Nullable Usage first;
    private long sessionsKb;

    ServingComparison(WalServer server, Pull pull) {
        this.server = server;
        this.pull = pull;
    }

    /** Runs for the first time and keeps the figures apart: those of a server that has not served yet. */
    void runFirst() {
        first = measured();
    }

    /** Runs once more and keeps the figures. */
    void runTimed() {
        timed.add(measured());
    }

    private Usage measured() {
        pull.prepare();
        server.awaitIdle();
        double before = server.cpuS();
        try (Highest resident = new Highest(server::residentKb, INTERVAL_MS);
                Highest sessions = new Highest(server::sessionsKb, SESSIONS_INTERVAL_MS)) {
            double wallS = pull.pull(server);
            server.awaitIdle();
            Usage usage = new Usage(wallS, server.cpuS() - before, resident.highest());
            sessionsKb = Math.max(sessionsKb, sessions.highest());
            pull.verify(server);
            return usage;
        }
    }

    /** Returns all figures. */
    ServingFigures finish() {
        return new ServingFigures(
                server.label(),
                server.version(),
                Usage.median(timed),
                pull.bytes(),
                pull.clients() == 1 ? null : sessionsKb / pull.clients(),
                server.startCpuS(),
                first,
                timed);
    }
}
