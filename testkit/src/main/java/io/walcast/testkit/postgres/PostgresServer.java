// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.testkit.net.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server of this machine, with files of its own that {@link #close} removes.
 *
 * <p>It listens on 127.0.0.1 and on a Unix-domain socket. Its port stays the same over restarts. It runs as another user
 * if this process is root. When the JVM ends, what still runs is killed.
 *
 * <p>Defaults that differ from PostgreSQL's: {@code fsync} is off, which nothing notices short of a crash of the whole
 * machine ({@link #kill} is safe without it); {@code wal_keep_size} is 1 GB, so that ordinary tests lose no WAL; 20 WAL
 * senders and slots; replication commands are logged. {@link Options#withConfiguration} overrides each.
 *
 * <p>Threading: methods that start and stop are for one thread; the others may be called from any.
 */
public final class PostgresServer implements AutoCloseable {
    /** The superuser. */
    public static final String USER = "postgres";

    /** The superuser's password, asked for only where the access rules say so. */
    public static final String PASSWORD = "walcast";

    static final int LOG_LINES = 40;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration ABANDON_TIMEOUT = Duration.ofSeconds(5);
    private static final int PORT_ATTEMPTS = 10;
    private static final int MAX_SOCKET_DIRECTORY_LENGTH = 80;

    private final Options options;
    private final PostgresBinaries binaries;
    private final Privileges privileges;
    private final Path home;
    private final Path socketDirectory;
    private final DataDirectory directory;
    private final Map<String, String> configuration;
    private final Thread shutdownHook = new Thread(this::abandon, "walcast-postgres-shutdown");

    // Written by the thread that starts and stops, read by any.
    private volatile @Nullable Postmaster postmaster;
    private volatile int port;

    private PostgresServer(Options options, Map<String, String> inherited, Privileges privileges) {
        this.privileges = privileges;
        this.options = options;
        binaries = options.findBinaries();
        port = options.port();
        try {
            Path parent = options.directory();
            home = parent == null
                    ? Files.createTempDirectory("walcast-pg")
                    : Files.createTempDirectory(Files.createDirectories(parent), "pg" + binaries.major() + "-");
            socketDirectory = createSocketDirectory();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        directory = new DataDirectory(home, privileges);
        configuration = new ConcurrentHashMap<>(Defaults.configuration(options));
        configuration.putAll(inherited);
        configuration.putAll(options.configuration());
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /** Returns a new server, started. */
    public static PostgresServer start(Options options) {
        return create(options).start();
    }

    /** Returns a new server that is initialized and not yet started. */
    public static PostgresServer create(Options options) {
        return create(options, Privileges.current());
    }

    static PostgresServer create(Options options, Privileges privileges) {
        PostgresServer server = new PostgresServer(options, Map.of(), privileges);
        try {
            server.directory.initialize(server.binaries, options, PASSWORD);
            server.writeFiles();
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /**
     * Returns a started standby of {@code primary}, made from an online copy of its files.
     *
     * <p>It streams from {@code primary}, unless the configuration has another {@code primary_conninfo}. Settings that a
     * standby must have in common with its primary are taken over.
     */
    public static PostgresServer standbyOf(PostgresServer primary, Options options) {
        return standbyOf(primary, options, Privileges.current());
    }

    static PostgresServer standbyOf(PostgresServer primary, Options options, Privileges privileges) {
        Map<String, String> inherited = new HashMap<>(BaseBackup.inheritedConfiguration(primary));
        inherited.put("primary_conninfo", primary.conninfo("application_name=walreceiver"));
        PostgresServer standby = new PostgresServer(options, inherited, privileges);
        try {
            if (standby.major() != primary.major()) {
                throw new IllegalArgumentException(
                        "major: %d (expected: the primary's, %d)".formatted(standby.major(), primary.major()));
            }
            BaseBackup.copy(primary, standby.dataDirectory());
            standby.writeFiles();
            return standby.start();
        } catch (RuntimeException e) {
            standby.close();
            throw e;
        }
    }

    private Path createSocketDirectory() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path parent = temporary.toString().length() > MAX_SOCKET_DIRECTORY_LENGTH ? Path.of("/tmp") : temporary;
        return Files.createTempDirectory(parent, "wc");
    }

    private void writeFiles() {
        directory.writeAccessRules(options.hba());
        Tls tls = options.tls();
        if (tls != null) {
            directory.writeTls(tls);
            configuration.putIfAbsent("ssl", "on");
            if (tls.authorities() != null) {
                configuration.putIfAbsent("ssl_ca_file", "root.crt");
            }
        }
    }

    /**
     * Starts the server, which is stopped, and returns when it takes connections.
     *
     * @throws PostgresException with the tail of the log if it ends or is not ready within 60 seconds
     */
    public PostgresServer start() {
        if (isRunning()) {
            throw new IllegalStateException("server is running");
        }
        boolean pinned = port != 0;
        for (int attempt = 1; attempt < PORT_ATTEMPTS; attempt++) {
            if (startOn(pinned ? port : LoopbackPorts.free())) {
                return this;
            }
            if (!logTail().contains("could not create any TCP/IP sockets")) {
                break;
            }
        }
        throw new PostgresException("PostgreSQL %d did not start\n%s".formatted(major(), logTail()));
    }

    private boolean startOn(int candidate) {
        configuration.put("port", Integer.toString(candidate));
        configuration.put("unix_socket_directories", socketDirectory.toString());
        directory.writeConfiguration(configuration);
        privileges.handOver(home);
        privileges.handOver(socketDirectory);
        Postmaster started = Postmaster.launch(binaries, directory, privileges);
        postmaster = started;
        if (!started.awaitReady(START_TIMEOUT)) {
            postmaster = null;
            return false;
        }
        port = candidate;
        return true;
    }

    /** Stops the server and returns when its process has ended; at most 60 seconds. */
    public void stop(Mode mode) {
        stop(mode, STOP_TIMEOUT);
    }

    /**
     * Stops the server and returns when its process has ended.
     *
     * @throws PostgresException if it still runs after {@code timeout}; it is then left as it is
     */
    public void stop(Mode mode, Duration timeout) {
        requestStop(mode);
        awaitStop(timeout);
    }

    /** Asks the server to stop and returns at once. */
    public void requestStop(Mode mode) {
        running().signal(mode.signal);
    }

    /**
     * Waits for the end of the process, however it comes about.
     *
     * @throws PostgresException if it still runs after {@code timeout}
     */
    public void awaitStop(Duration timeout) {
        if (!running().awaitEnd(timeout)) {
            throw new PostgresException("server still runs after " + timeout + "\n" + logTail());
        }
        postmaster = null;
    }

    /** Kills the postmaster and all its children as {@code kill -9} does. {@link #start()} then recovers. */
    public void kill() {
        running().kill();
        postmaster = null;
    }

    /** Stops the server in {@link Mode#FAST fast} mode and starts it. */
    public void restart() {
        stop(Mode.FAST);
        start();
    }

    /** Makes a standby a primary, on a new timeline, and returns when it is one. */
    public void promote() {
        if (!"t".equals(query("SELECT pg_promote(true, 60)"))) {
            throw new PostgresException("promotion did not end in time\n" + logTail());
        }
    }

    /**
     * Sets a configuration parameter, now and for later starts; null means PostgreSQL's default. A running server
     * reloads its configuration; a parameter that needs a restart waits for one.
     */
    public void configure(String name, @Nullable String value) {
        if (value == null) {
            configuration.remove(name);
        } else {
            configuration.put(name, value);
        }
        directory.writeConfiguration(configuration);
        if (isRunning()) {
            reload();
        }
    }

    /** Makes the server read its configuration; returns when new sessions have it. Other processes follow soon. */
    public void reload() {
        String before = requireNonNull(query("SELECT pg_conf_load_time()"));
        running().signal("HUP");
        await("SELECT pg_conf_load_time() > '" + before + "'", START_TIMEOUT);
    }

    /** Returns whether the server's process is there. */
    public boolean isRunning() {
        Postmaster current = postmaster;
        return current != null && current.isAlive();
    }

    /**
     * Opens a session of the superuser in the database postgres, which the caller closes.
     *
     * @throws PostgresException if the server refuses
     */
    public Connection connect() {
        return connect(Map.of());
    }

    /** As {@link #connect()}, with further properties of the JDBC driver, which win. */
    public Connection connect(Map<String, String> properties) {
        return Sessions.open(jdbcUrl(), properties);
    }

    /** Runs statements in a session of their own, each in a transaction of its own. */
    public void execute(String... statements) {
        Sessions.execute(jdbcUrl(), statements);
    }

    /** Returns the first column of the first row as text, or null if it is null or there is no row. */
    public @Nullable String query(String sql) {
        return Sessions.query(jdbcUrl(), sql);
    }

    /**
     * Asks again and again until the answer is true.
     *
     * @throws PostgresException if it is not within {@code timeout}
     */
    public void await(String booleanSql, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!"t".equals(query(booleanSql))) {
            if (System.nanoTime() - deadline > 0) {
                throw new PostgresException("not true after " + timeout + ": " + booleanSql + "\n" + logTail());
            }
            if (running().awaitEnd(Duration.ofMillis(50))) {
                throw new PostgresException("server ended while waiting for: " + booleanSql + "\n" + logTail());
            }
        }
    }

    /** Replaces the access rules by the lines {@code rules}, and reloads if the server runs. */
    public void setHba(String... rules) {
        directory.writeAccessRules(List.of(rules));
        if (isRunning()) {
            reload();
        }
    }

    /** Returns the port on 127.0.0.1; 0 before the first start, if the options do not name one. */
    public int port() {
        return port;
    }

    /** Returns the directory of the Unix-domain socket; its path is short enough for one. */
    public Path socketDirectory() {
        return socketDirectory;
    }

    /** Returns the data directory. */
    public Path dataDirectory() {
        return directory.path();
    }

    /** Returns the directory of the WAL segments. */
    public Path walDirectory() {
        return directory.path().resolve("pg_wal");
    }

    /** Returns the major version. */
    public int major() {
        return binaries.major();
    }

    /** Returns the process id of the postmaster. */
    public long pid() {
        return running().pid();
    }

    /** Returns the position up to which WAL is written (on a standby: received). */
    public Lsn currentWalLsn() {
        return lsn("pg_current_wal_lsn()", "pg_last_wal_receive_lsn()");
    }

    /** Returns the position up to which WAL is flushed (on a standby: received, which is flushed). */
    public Lsn flushLsn() {
        return lsn("pg_current_wal_flush_lsn()", "pg_last_wal_receive_lsn()");
    }

    private Lsn lsn(String onPrimary, String onStandby) {
        String sql = "SELECT CASE WHEN pg_is_in_recovery() THEN %s ELSE %s END".formatted(onStandby, onPrimary);
        return Lsn.parse(requireNonNull(query(sql)));
    }

    /** Returns the timeline a primary writes, or a standby replays. */
    public TimelineId timeline() {
        String sql = "SELECT CASE WHEN pg_is_in_recovery() THEN (SELECT received_tli FROM pg_stat_wal_receiver)"
                + " ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END";
        return TimelineId.parse(requireNonNull(query(sql), "timeline: the standby does not stream"));
    }

    /** Returns the system identifier. */
    public SystemIdentifier systemIdentifier() {
        return new SystemIdentifier(
                Long.parseLong(requireNonNull(query("SELECT system_identifier FROM pg_control_system()"))));
    }

    /** Returns the size of a WAL segment. */
    public SegmentSize segmentSize() {
        return SegmentSize.parse(requireNonNull(query("SHOW wal_segment_size")));
    }

    /** Ends the current segment and begins the next one; returns the position at which the current one ended. */
    public Lsn switchWal() {
        return Lsn.parse(requireNonNull(query("SELECT pg_switch_wal()")));
    }

    /** Returns a connection string for libpq and its like, with the keywords of {@code extra} at its end. */
    public String conninfo(String extra) {
        String base = "host=127.0.0.1 port=%d user=%s dbname=postgres".formatted(port, USER);
        return extra.isEmpty() ? base : base + " " + extra;
    }

    /** Returns the URL of the database postgres for JDBC. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** Returns the last lines of the server's log. */
    public String logTail() {
        return directory.logTail(LOG_LINES);
    }

    /** Returns the file the server logs to. */
    public Path log() {
        return directory.log();
    }

    /** Stops the server at once, if it runs, and removes its files. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            return; // the JVM is ending, and the hook at work
        }
        abandon();
    }

    private void abandon() {
        Postmaster current = postmaster;
        if (current != null && current.isAlive()) {
            current.signal(Mode.IMMEDIATE.signal);
            if (!current.awaitEnd(ABANDON_TIMEOUT)) {
                current.kill();
            }
        }
        postmaster = null;
        directory.delete();
        try {
            FileTree.delete(socketDirectory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Postmaster running() {
        Postmaster current = postmaster;
        if (current == null) {
            throw new IllegalStateException("server is not running");
        }
        return current;
    }

    /** How a server is asked to stop. */
    public enum Mode {
        /** Waits until all sessions have ended by themselves. */
        SMART("TERM"),
        /** Ends sessions, writes a checkpoint, and lets standbys and receivers have it. */
        FAST("INT"),
        /** Ends without a checkpoint; the next start recovers. */
        IMMEDIATE("QUIT");

        private final String signal;

        Mode(String signal) {
            this.signal = signal;
        }
    }

    /**
     * The files for TLS, which are copied to the server.
     *
     * @param certificate the server's certificate, with its chain
     * @param key its private key, without a passphrase
     * @param authorities whom to trust for clients' certificates, or null
     */
    public record Tls(Path certificate, Path key, @Nullable Path authorities) {
        /** Checks the components. */
        public Tls {
            requireNonNull(certificate, "certificate");
            requireNonNull(key, "key");
        }
    }

    /**
     * How to make a server. Only {@link #of} and the {@code with} methods are API.
     *
     * @param major the major version; 0 means what {@code binaries} are
     * @param binaries the programs, or null for {@link PostgresBinaries#forMajor}
     * @param directory in which the server gets a directory of its own, or null for the temporary directory
     * @param port the port, or 0 for a free one
     * @param segmentMb the size of a WAL segment, a power of two from 1 to 1024 (a standby has its primary's)
     * @param configuration parameters of {@code postgresql.conf}, over the defaults
     * @param hba the lines of {@code pg_hba.conf}; by default all may do all from this machine
     * @param tls the files for TLS, or null for none
     * @param fsync whether the server syncs its files
     * @param initdb further arguments of initdb
     */
    public record Options(
            int major,
            @Nullable PostgresBinaries binaries,
            @Nullable Path directory,
            int port,
            int segmentMb,
            Map<String, String> configuration,
            List<String> hba,
            @Nullable Tls tls,
            boolean fsync,
            List<String> initdb) {

        /** Checks the components. */
        public Options {
            if (Integer.bitCount(segmentMb) != 1 || segmentMb < 1 || segmentMb > 1024) {
                throw new IllegalArgumentException(
                        "walSegmentSizeMb: " + segmentMb + " (expected: a power of two from 1 to 1024)");
            }
            configuration = Map.copyOf(configuration);
            hba = List.copyOf(hba);
            initdb = List.copyOf(initdb);
        }

        /** Returns the defaults for a server of {@code major}, whose binaries are found by system property. */
        public static Options of(int major) {
            return new Options(major, null, null, 0, 16, Map.of(), Defaults.HBA, null, false, List.of());
        }

        /** Returns the defaults for a server of these binaries. */
        public static Options of(PostgresBinaries binaries) {
            return new Options(binaries.major(), binaries, null, 0, 16, Map.of(), Defaults.HBA, null, false, List.of());
        }

        PostgresBinaries findBinaries() {
            return binaries == null ? PostgresBinaries.forMajor(major) : binaries;
        }

        /** Returns a copy whose server gets its files below {@code parent}. */
        public Options withDirectory(Path parent) {
            return new Options(major, binaries, parent, port, segmentMb, configuration, hba, tls, fsync, initdb);
        }

        /** Returns a copy with a fixed port. */
        public Options withPort(int fixed) {
            return new Options(major, binaries, directory, fixed, segmentMb, configuration, hba, tls, fsync, initdb);
        }

        /** Returns a copy with WAL segments of {@code megabytes}. */
        public Options withWalSegmentSizeMb(int megabytes) {
            return new Options(major, binaries, directory, port, megabytes, configuration, hba, tls, fsync, initdb);
        }

        /** Returns a copy with one more configuration parameter. */
        public Options withConfiguration(String name, String value) {
            Map<String, String> more = new HashMap<>(configuration);
            more.put(name, value);
            return new Options(major, binaries, directory, port, segmentMb, more, hba, tls, fsync, initdb);
        }

        /** Returns a copy for a standby that streams from elsewhere than its primary. */
        public Options withPrimaryConninfo(String conninfo) {
            return withConfiguration("primary_conninfo", conninfo);
        }

        /** Returns a copy for a standby that streams through a slot. */
        public Options withPrimarySlotName(String slot) {
            return withConfiguration("primary_slot_name", slot);
        }

        /** Returns a copy with these lines as {@code pg_hba.conf}. */
        public Options withHba(String... lines) {
            return new Options(
                    major, binaries, directory, port, segmentMb, configuration, List.of(lines), tls, fsync, initdb);
        }

        /** Returns a copy that offers TLS. */
        public Options withTls(Tls files) {
            return new Options(major, binaries, directory, port, segmentMb, configuration, hba, files, fsync, initdb);
        }

        /** Returns a copy that syncs its files, or not. */
        public Options withFsync(boolean sync) {
            return new Options(major, binaries, directory, port, segmentMb, configuration, hba, tls, sync, initdb);
        }

        /** Returns a copy with these further arguments of initdb. */
        public Options withInitdbArguments(String... arguments) {
            return new Options(
                    major, binaries, directory, port, segmentMb, configuration, hba, tls, fsync, List.of(arguments));
        }
    }
}
