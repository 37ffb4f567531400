// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import io.walcast.core.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Transactions on a server from background threads, each of one row with a random payload.
 *
 * <p>A session that fails is opened again until {@link #stop}, so the load outlives restarts. May be used from any thread.
 */
public final class Load implements AutoCloseable {
    private static final String TABLE = "walcast_load";
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final long RECONNECT_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PostgresServer server;
    private final Options options;
    private final List<Session> sessions = new ArrayList<>();
    private final Committed committed = new Committed();

    // Written by the stopping thread, read by the sessions.
    private volatile boolean isStopping;

    private Load(PostgresServer server, Options options) {
        this.server = server;
        this.options = options;
    }

    /** Creates the table if it is not there, and starts. */
    public static Load start(PostgresServer server, Options options) {
        server.execute("SET synchronous_commit = local; CREATE TABLE IF NOT EXISTS " + TABLE + " (payload bytea);"
                + " ALTER TABLE " + TABLE + " ALTER payload SET STORAGE EXTERNAL");
        Load load = new Load(server, options);
        for (int i = 0; i < options.threads(); i++) {
            load.sessions.add(load.new Session(i));
        }
        load.sessions.forEach(session -> session.thread.start());
        return load;
    }

    /** Returns how many commits the server has acknowledged. */
    public long commits() {
        return committed.commits();
    }

    /**
     * Returns a position below the end of the last commit that was acknowledged: all WAL before it was there when that
     * transaction committed. Whoever has been promised the commit has at least this much.
     */
    public Lsn lastCommittedLsn() {
        return committed.last();
    }

    /**
     * Waits until {@code count} commits in all have been acknowledged.
     *
     * @throws PostgresException if they have not been within {@code timeout}
     */
    public void awaitCommits(long count, Duration timeout) {
        committed.await(count, timeout);
    }

    /**
     * Ends the load and returns what it did. A commit that still waits, for a standby perhaps, is given up and does not
     * count.
     */
    public Totals stop() {
        isStopping = true;
        sessions.forEach(Session::end);
        return committed.snapshot();
    }

    @Override
    public void close() {
        stop();
    }

    /** One connection and its thread. */
    private final class Session implements Runnable {
        private final Thread thread;
        private final SplittableRandom random;

        // Written by the session's thread, read by the one that ends it.
        private volatile @Nullable Connection connection;

        private Session(int number) {
            thread = new Thread(this, "walcast-load-" + number);
            thread.setDaemon(true);
            random = new SplittableRandom(number);
        }

        @Override
        public void run() {
            while (!isStopping) {
                try (Connection opened = server.connect()) {
                    connection = opened;
                    runOn(opened);
                } catch (SQLException | PostgresException e) {
                    if (!isStopping) {
                        committed.failed(e);
                        LockSupport.parkNanos(RECONNECT_NS);
                    }
                }
            }
        }

        private void runOn(Connection session) throws SQLException {
            session.setAutoCommit(false);
            try (Statement statement = session.createStatement()) {
                statement.execute("SET synchronous_commit = " + options.synchronousCommit());
            }
            session.commit();
            String sql = "INSERT INTO " + TABLE
                    + " VALUES (?) RETURNING pg_current_wal_insert_lsn()::text, pg_current_xact_id()::text";
            try (PreparedStatement insert = session.prepareStatement(sql)) {
                long next = System.nanoTime();
                while (!isStopping) {
                    commitOne(session, insert);
                    next += options.intervalNs();
                    long wait = next - System.nanoTime();
                    if (options.intervalNs() > 0 && wait > 0) {
                        LockSupport.parkNanos(wait);
                    }
                }
            }
        }

        private void commitOne(Connection session, PreparedStatement insert) throws SQLException {
            byte[] payload = new byte[options.payloadBytes()];
            random.nextBytes(payload);
            insert.setBytes(1, payload);
            Lsn lsn;
            long transaction;
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                lsn = Lsn.parse(row.getString(1));
                transaction = Long.parseLong(row.getString(2));
            }
            session.commit();
            if (!isStopping) {
                committed.add(lsn, transaction);
            }
        }

        private void end() {
            LockSupport.unpark(thread);
            try {
                thread.join(TimeUnit.SECONDS.toMillis(1));
                Connection open = connection;
                if (thread.isAlive() && open != null) {
                    open.abort(Runnable::run);
                }
                thread.join(STOP_TIMEOUT.toMillis());
            } catch (SQLException e) {
                throw new PostgresException("load: cannot end a session", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What the sessions did, together. */
    private static final class Committed {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition more = lock.newCondition();
        private final List<Long> transactions = new ArrayList<>();
        private Lsn last = Lsn.INVALID;
        private long failures;
        private @Nullable Exception lastFailure;

        private void add(Lsn lsn, long transaction) {
            lock.lock();
            try {
                transactions.add(transaction);
                last = Lsn.max(last, lsn);
                more.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void failed(Exception failure) {
            lock.lock();
            try {
                failures++;
                lastFailure = failure;
            } finally {
                lock.unlock();
            }
        }

        private void await(long count, Duration timeout) {
            long left = timeout.toNanos();
            lock.lock();
            try {
                while (transactions.size() < count) {
                    if (left <= 0) {
                        throw new PostgresException(
                                "load: %d commits after %s (expected: %d)"
                                        .formatted(transactions.size(), timeout, count),
                                lastFailure);
                    }
                    left = more.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PostgresException("interrupted while waiting for commits", e);
            } finally {
                lock.unlock();
            }
        }

        private long commits() {
            lock.lock();
            try {
                return transactions.size();
            } finally {
                lock.unlock();
            }
        }

        private Lsn last() {
            lock.lock();
            try {
                return last;
            } finally {
                lock.unlock();
            }
        }

        private Totals snapshot() {
            lock.lock();
            try {
                return new Totals(transactions.size(), last, failures, List.copyOf(transactions));
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * What to run. Only {@link #defaults} and the {@code with} methods are API.
     *
     * @param threads how many sessions
     * @param payloadBytes how much random, incompressible payload each transaction writes
     * @param commitsPerSecond the rate of all sessions together, or 0 for as fast as they can
     * @param synchronousCommit the value of {@code synchronous_commit}
     */
    public record Options(int threads, int payloadBytes, double commitsPerSecond, String synchronousCommit) {
        /** Checks the components. */
        public Options {
            if (threads < 1) {
                throw new IllegalArgumentException("threads: " + threads + " (expected: 1 or more)");
            }
            if (payloadBytes < 0) {
                throw new IllegalArgumentException("payloadBytes: " + payloadBytes + " (expected: 0 or more)");
            }
            if (!synchronousCommit.matches("[a-z_]+")) {
                throw new IllegalArgumentException(
                        "synchronousCommit: '" + synchronousCommit + "' (expected: on, off, remote_write, …)");
            }
        }

        /** Returns one session with 1 kB per transaction as fast as it can, {@code synchronous_commit} on. */
        public static Options defaults() {
            return new Options(1, 1000, 0, "on");
        }

        /** Returns a copy with so many sessions. */
        public Options withThreads(int count) {
            return new Options(count, payloadBytes, commitsPerSecond, synchronousCommit);
        }

        /** Returns a copy with so much payload. */
        public Options withPayloadBytes(int bytes) {
            return new Options(threads, bytes, commitsPerSecond, synchronousCommit);
        }

        /** Returns a copy with that rate. */
        public Options withCommitsPerSecond(double rate) {
            return new Options(threads, payloadBytes, rate, synchronousCommit);
        }

        /** Returns a copy with that {@code synchronous_commit}. */
        public Options withSynchronousCommit(String value) {
            return new Options(threads, payloadBytes, commitsPerSecond, value);
        }

        private long intervalNs() {
            return commitsPerSecond == 0 ? 0 : (long) (threads * 1e9 / commitsPerSecond);
        }
    }

    /**
     * What a load did.
     *
     * @param commits how many commits the server acknowledged
     * @param lastCommittedLsn as {@link Load#lastCommittedLsn}
     * @param failures how many sessions failed, or could not be opened
     * @param transactionIds the full transaction identifiers of the acknowledged commits, in the order in which they were
     */
    public record Totals(long commits, Lsn lastCommittedLsn, long failures, List<Long> transactionIds) {}
}
