// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.auth.AccessFiles;
import io.walcast.auth.AccessRules;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.storage.ArchivedWal;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedWal;
import io.walcast.core.storage.WalDirectory;
import io.walcast.guc.Settings;
import io.walcast.ipc.WalRcvShared;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.status.StatusFile;
import io.walcast.transport.WalSenderTransports;
import io.walcast.walsender.slot.WalRemoval;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a serving node is made of, started and stopped in order: the lock on its home, settings and access rules, slots, the
 * walsender's service, checkpoints, listeners, the status file.
 *
 * <p>Threading: started, stopped and closed by one thread; {@link #reload}, {@link #settings} and {@link #feedback} from any.
 */
public final class Postmaster implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(Postmaster.class);

    /** PostgreSQL waits for its walsenders without a limit; {@code wal_sender_timeout} ends those that are stuck. */
    private static final Duration WITHOUT_LIMIT = Duration.ofDays(1);

    private final NodeDirectory node;
    private final NodeSettings source;
    private final Consumer<String> log;
    private final Parts parts = new Parts();

    /** Held during a reload: one after the other. */
    private final Object reloadLock = new Object();

    // Written by a reload, read by any thread.
    private volatile Settings settings;
    private volatile AccessRules access;

    // Written by the thread that starts, read by a reload and by the receiver.
    private volatile @Nullable Serving serving;
    private volatile @Nullable Listeners listeners;
    private volatile @Nullable NodeStatus status;

    // Written by a thread that fails, read by the one that stops.
    private volatile @Nullable Throwable failure;
    private volatile Runnable failureListener = () -> {};

    private Postmaster(
            NodeDirectory node, NodeSettings source, Consumer<String> log, Settings settings, AccessRules access) {
        this.node = node;
        this.source = source;
        this.log = log;
        this.settings = settings;
        this.access = access;
    }

    /**
     * Reads the files of the home and locks it; nothing is served yet.
     *
     * @param log told each line of the server's log
     * @throws ConfigurationException if there is no home, or a file in it cannot be used
     * @throws io.walcast.core.error.RefusedException with 55006 if another process serves it
     */
    public static Postmaster start(NodeDirectory node, NodeSettings source, Consumer<String> log) {
        requireInitialized(node);
        HomeLock lock = HomeLock.take(node);
        try {
            Settings settings = source.read();
            Postmaster postmaster = new Postmaster(node, source, log, settings, loadAccess(node, settings));
            postmaster.parts.add(lock::close);
            return postmaster;
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static void requireInitialized(NodeDirectory node) {
        Path rules = node.home().resolve(AccessFiles.HBA);
        if (!Files.exists(rules)) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE,
                    "\"%s\" does not exist: nobody could be let in (walcast init -D %s makes it)"
                            .formatted(rules, node.directory()));
        }
    }

    private static AccessRules loadAccess(NodeDirectory node, Settings settings) {
        return AccessFiles.load(node.home(), settings.integer("scram_iterations"));
    }

    /**
     * Serves the finished segments of a directory that nobody in this process writes to.
     *
     * @param addresses where to listen; if empty, where the settings say
     * @param failed run once if serving has failed for good: call {@link #stop}
     * @throws WalException if the directory cannot be read, or an address cannot be bound
     */
    public void serveArchive(List<ListenAddress> addresses, WalSenderTransports transports, Runnable failed) {
        ArchivedWal wal = ArchiveWatch.open(node, log);
        ArchiveWatch watch = ArchiveWatch.start(wal, log, this::failed);
        parts.add(watch::close);
        serve(addresses, transports, wal, null, null, failed);
    }

    /**
     * Serves what a receiver of this process writes.
     *
     * @param addresses where to listen; if empty, where the settings say
     * @param wal the WAL in {@code directory}
     * @param directory what the receiver writes to; stays open until this is closed
     * @param receiver what the receiver publishes
     * @param failed run once if serving has failed for good: call {@link #stop}
     */
    public void serveReceived(
            List<ListenAddress> addresses,
            WalSenderTransports transports,
            ServedWal wal,
            WalDirectory directory,
            WalRcvShared receiver,
            Runnable failed) {
        serve(addresses, transports, wal, directory::removeSegmentsBefore, receiver, failed);
    }

    private void serve(
            List<ListenAddress> addresses,
            WalSenderTransports transports,
            ServedWal wal,
            @Nullable WalRemoval removal,
            @Nullable WalRcvShared receiver,
            Runnable failed) {
        List<ListenAddress> wanted = addresses.isEmpty() ? ListenSettings.addresses(settings) : addresses;
        if (wanted.isEmpty()) {
            throw new ConfigurationException("listen_addresses: '' (expected: an address, or one on the command line)");
        }
        failureListener = failed;
        Serving started = Serving.start(wal, removal, node.home(), this, log, parts);
        serving = started;
        started.startCheckpoints(this, parts);
        Listeners bound = Listeners.open(wanted, transports, listenOptions(settings), started.service());
        parts.add(bound::close);
        listeners = bound;
        NodeStatus told = new NodeStatus(node, started, receiver, bound);
        status = told;
        StatusWriter writer = new StatusWriter(new StatusFile(node.home()), told::current);
        parts.add(writer::close);
        bound.announce(log);
        ServedPosition position = wal.position();
        log.accept("ready to accept replication connections, "
                + (position == null
                        ? "no WAL yet"
                        : "timeline " + position.timeline() + ", WAL up to " + position.flushedUpto()));
    }

    private Listeners.OptionsSource listenOptions(Settings from) {
        return (address, transport, bind) -> ListenSettings.options(address, transport, bind, from, node.home());
    }

    /** Returns the settings in force. */
    public Settings settings() {
        return settings;
    }

    /** Returns the access rules in force. */
    AccessRules access() {
        return access;
    }

    /** Returns what the standbys need, taken together; null as long as that is not known. */
    public @Nullable HotStandbyFeedback feedback(PgTimestamp now) {
        Serving current = serving;
        return current == null ? null : current.service().feedback().current(now);
    }

    /**
     * Reads the settings, the access rules and the certificates again: all of them, or none if one cannot be used. Nobody is
     * dropped. What is there now, and what is wrong, is told the log.
     */
    public void reload() {
        log.accept("received SIGHUP, reloading configuration files");
        synchronized (reloadLock) {
            reloadAll();
        }
    }

    private void reloadAll() {
        try {
            Settings before = settings;
            Settings read = source.read();
            Settings next = before.reloaded(read);
            AccessRules rules = loadAccess(node, next);
            Listeners bound = listeners;
            if (bound != null) {
                bound.reload(listenOptions(next), listenOptions(before));
            }
            settings = next;
            access = rules;
            Serving current = serving;
            if (current != null) {
                current.reload(next);
            }
            tellChanges(before, read, next);
        } catch (WalException e) {
            log.accept("configuration files contain errors, nothing was changed: " + e.getMessage());
        }
    }

    private void tellChanges(Settings before, Settings read, Settings next) {
        for (String name : before.needRestart(read)) {
            log.accept("parameter \"" + name + "\" cannot be changed without restarting the server");
        }
        for (String name : before.differences(next)) {
            if (!next.has(name)) {
                log.accept("parameter \"" + name + "\" removed from configuration file, reset to default");
                continue;
            }
            String later = ListenSettings.AT_START.equals(name) ? ", which takes effect at the next start" : "";
            log.accept("parameter \"" + name + "\" changed to \"" + next.show(name) + "\"" + later);
        }
    }

    /** Takes note that a part has failed for good. */
    void failed(Throwable cause) {
        if (failure == null) {
            failure = cause;
            log.accept("serving ends: " + cause.getMessage());
            failureListener.run();
        }
    }

    /**
     * Ends serving in order: nobody else comes in, idle sessions end, the others get all that is there and confirm it. After a
     * failure nobody gets anything more.
     *
     * @return the program's exit code
     */
    public int stop() {
        Throwable cause = failure;
        if (cause != null) {
            if (!(cause instanceof WalException known)) {
                logger.error("internal error", cause);
                return ExitCodes.INTERNAL;
            }
            return ExitCodes.of(known);
        }
        NodeStatus told = status;
        if (told != null) {
            told.stopping();
        }
        Listeners bound = listeners;
        if (bound != null) {
            bound.stopAccepting();
        }
        Serving current = serving;
        if (current != null) {
            int sessions = current.service().replication().size();
            log.accept("shutting down" + (sessions == 0 ? "" : ": " + sessions + " connected"));
            current.service().stop(WITHOUT_LIMIT);
        }
        log.accept("shut down");
        return ExitCodes.OK;
    }

    /** Closes what is open, cutting whoever is still connected, and gives up the lock. Idempotent. */
    @Override
    public void close() {
        parts.close();
    }
}
