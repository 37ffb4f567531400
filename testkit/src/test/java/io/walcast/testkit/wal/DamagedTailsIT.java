// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.core.verify.VerifyOptions;
import io.walcast.core.verify.VerifyProgress;
import io.walcast.core.verify.WalReport;
import io.walcast.core.verify.WalVerifier;
import io.walcast.core.wal.EndOfWal;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However real WAL is damaged, everyone finds the same end. */
@Timeout(2400)
class DamagedTailsIT {
    private static final long SEED = 20_261_120;
    private static final int THREADS = 2;

    @TempDir
    private Path directory;

    @Test
    @RequiresTool("pg_waldump")
    void endsWherePgWaldumpEnds() throws Exception {
        DamagedWal wal = wal(3);

        assertThat(differences(1_000, wal, DamagedTailsIT::differsFromPgWaldump))
                .isEmpty();
    }

    /** Those who start, and those who verify: {@code -Dwalcast.damagedTails=100000} tries so many. */
    @Test
    void startUpAndVerificationFindTheSameEnd() throws Exception {
        DamagedWal wal = wal(2);

        assertThat(differences(Integer.getInteger("walcast.damagedTails", 2_000), wal, DamagedTailsIT::disagree))
                .isEmpty();
    }

    private static String disagree(DamagedWal wal, DamagedWal.Case damaged) {
        Lsn atStart;
        try (WalDirectory opened = WalDirectory.open(wal.directory(), WalDirectoryOptions.DEFAULTS.withSync(false))) {
            atStart = opened.endOfWal(TimelineId.FIRST, DamagedWal.SIZE);
        }
        WalReport report = WalVerifier.verify(wal.directory(), VerifyOptions.DEFAULT, VerifyProgress.NONE);
        EndOfWal verified = report.timelines().get(0).end();
        return verified != null && verified.end().equals(atStart)
                ? ""
                : "\n  start-up  " + atStart + "\n  verifywal " + verified;
    }

    private static String differsFromPgWaldump(DamagedWal wal, DamagedWal.Case damaged) throws IOException {
        PgWaldump ours = OurWaldump.of(wal.directory(), DamagedWal.SIZE, damaged.start());
        PgWaldump theirs = PgWaldump.of(wal.directory(), damaged.start());
        return ours.saysAsMuchAs(theirs) ? "" : "\n  ours   " + ours + "\n  theirs " + theirs;
    }

    /** Looks for a difference in one case. */
    private interface Comparison {
        /** Returns what differs, empty if nothing does. */
        String differs(DamagedWal wal, DamagedWal.Case damaged) throws IOException;
    }

    private DamagedWal wal(int segments) throws IOException {
        try (PostgresServer server = RealWal.write(15, 1)) {
            return DamagedWal.copy(server, segments, directory.resolve("0"));
        }
    }

    private List<String> differences(int cases, DamagedWal wal, Comparison comparison) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<List<String>>> parts = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                DamagedWal own = wal.in(directory.resolve(Integer.toString(thread)));
                int first = thread;
                parts.add(() -> differences(first, cases, own, comparison));
            }
            List<String> found = new ArrayList<>();
            for (Future<List<String>> part : threads.invokeAll(parts)) {
                found.addAll(part.get());
            }
            return found;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<String> differences(int first, int cases, DamagedWal wal, Comparison comparison)
            throws IOException {
        List<String> found = new ArrayList<>();
        for (int i = first; i < cases; i += THREADS) {
            DamagedWal.Case damaged = wal.damage(new Random(SEED + i));
            String difference = comparison.differs(wal, damaged);
            if (!difference.isEmpty()) {
                found.add("case " + i + ", " + damaged + ": " + difference);
            }
        }
        wal.mend();
        return found;
    }
}
