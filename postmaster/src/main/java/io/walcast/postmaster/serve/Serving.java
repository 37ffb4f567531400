// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.Lsn;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedWal;
import io.walcast.guc.Settings;
import io.walcast.ipc.Agent;
import io.walcast.ipc.AgentThreads;
import io.walcast.ipc.Clock;
import io.walcast.ipc.StatReplicationRow;
import io.walcast.walsender.WalSegments;
import io.walcast.walsender.WalSegmentsOptions;
import io.walcast.walsender.WalSenderConfig;
import io.walcast.walsender.WalSenderService;
import io.walcast.walsender.slot.ReplicationSlots;
import io.walcast.walsender.slot.SlotCheckpointer;
import io.walcast.walsender.slot.SlotOptions;
import io.walcast.walsender.slot.WalKeepLimits;
import io.walcast.walsender.slot.WalRemoval;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The walsender's half of a node: slots, open segments, the service that transports are given, checkpoints.
 *
 * <p>Threading: made by one thread; what it gives out is safe for use from any.
 */
final class Serving {
    private static final String SLOTS = "pg_replslot";
    private static final int IO_THREADS = 2;
    private static final long IO_END_S = 10;

    private final ServedWal wal;
    private final @Nullable WalRemoval removal;
    private final ReplicationSlots slots;
    private final WalSegments segments;
    private final WalSenderService service;

    private Serving(
            ServedWal wal,
            @Nullable WalRemoval removal,
            ReplicationSlots slots,
            WalSegments segments,
            WalSenderService service) {
        this.wal = wal;
        this.removal = removal;
        this.slots = slots;
        this.segments = segments;
        this.service = service;
    }

    /**
     * Starts it; what has been started is in {@code parts}, also when this throws.
     *
     * @param removal removes WAL as long as {@code wal_removal} is on; null if the WAL is not ours to remove
     */
    static Serving start(
            ServedWal wal,
            @Nullable WalRemoval removal,
            Path home,
            Postmaster postmaster,
            Consumer<String> log,
            Parts parts) {
        Settings settings = postmaster.settings();
        SlotOptions options = new SlotOptions(
                settings.integer("max_replication_slots"),
                limits(settings, removal),
                FileMode.OWNER,
                Clock.system(),
                fields -> log.accept(line(fields)));
        ReplicationSlots slots = ReplicationSlots.open(home.resolve(SLOTS), options);
        parts.add(slots::close);
        ExecutorService io = Executors.newFixedThreadPool(IO_THREADS, new AgentThreads("walsender-io"));
        parts.add(() -> end(io));
        WalSegments segments = new WalSegments(wal, Clock.system(), WalSegmentsOptions.DEFAULTS);
        parts.add(segments::close);
        WalSenderConfig config =
                WalSenderConfig.of(wal, slots, postmaster::access, io).withSettings(postmaster::settings);
        WalSenderService service = WalSenderService.start(config, segments, postmaster::failed);
        parts.add(service::close);
        return new Serving(wal, removal, slots, segments, service);
    }

    /** Starts checkpoints, which remove WAL as long as {@code wal_removal} is on. */
    void startCheckpoints(Postmaster postmaster, Parts parts) {
        WalRemoval ours = removal;
        WalRemoval removing = ours == null ? null : new SwitchedRemoval(ours, segments, postmaster::settings);
        Agent checkpointer = SlotCheckpointer.start(
                new AgentThreads("checkpointer"),
                slots,
                wal,
                () -> oldestSent(postmaster),
                removing,
                postmaster::failed);
        parts.add(checkpointer::close);
    }

    /** Returns the oldest position that WAL is kept from for an open session; 0/0 for none. */
    private Lsn oldestSent(Postmaster postmaster) {
        ServedPosition end = wal.position();
        return end == null
                ? Lsn.INVALID
                : oldestSent(
                        service.replication(),
                        end.flushedUpto(),
                        postmaster.settings().bytes("max_slot_wal_keep_size"));
    }

    /**
     * Returns the oldest position that one of {@code sessions} is at, 0/0 for none. A slot does not say it for its session: that
     * may have begun before it.
     *
     * @param end the end of the WAL
     * @param keepBytes how far before {@code end} that is at most; -1 for no limit
     */
    static Lsn oldestSent(List<StatReplicationRow> sessions, Lsn end, long keepBytes) {
        Lsn oldest = Lsn.INVALID;
        for (StatReplicationRow row : sessions) {
            Lsn sent = row.sent();
            if (sent != null) {
                oldest = oldest.isValid() ? Lsn.min(oldest, sent) : sent;
            }
        }
        boolean isBounded = oldest.isValid() && oldest.isBefore(end) && keepBytes >= 0 && end.minus(oldest) > keepBytes;
        return isBounded ? new Lsn(end.value() - keepBytes) : oldest;
    }

    WalSenderService service() {
        return service;
    }

    ServedWal wal() {
        return wal;
    }

    /** Takes over what a reload has changed. */
    void reload(Settings settings) {
        slots.setLimits(limits(settings, removal));
    }

    /** Where nothing is removed, no slot can hold back too much. */
    private static WalKeepLimits limits(Settings settings, @Nullable WalRemoval removal) {
        boolean removes = removal != null && SwitchedRemoval.isOn(settings);
        return new WalKeepLimits(
                settings.bytes("wal_keep_size"),
                removes ? settings.bytes("max_slot_wal_keep_size") : WalKeepLimits.DEFAULT.maxSlotWalKeepSize(),
                WalKeepLimits.DEFAULT.maxWalSize());
    }

    private static String line(ErrorFields fields) {
        String detail = fields.detail() == null ? "" : " " + fields.detail();
        String hint = fields.hint() == null ? "" : " " + fields.hint();
        return fields.severity() + ":  " + fields.message() + detail + hint;
    }

    /** Threads that hold files are not interrupted: what is queued is done first. */
    private static void end(ExecutorService io) {
        io.shutdown();
        boolean interrupted = false;
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(IO_END_S);
        while (!io.isTerminated() && deadlineNs - System.nanoTime() > 0) {
            try {
                if (io.awaitTermination(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
