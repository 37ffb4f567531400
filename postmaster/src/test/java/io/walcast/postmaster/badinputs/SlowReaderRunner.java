// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.postmaster.RelayNode;
import io.walcast.testkit.standby.BackendMessage;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FrontendBytes;
import io.walcast.testkit.standby.LibpqSocket;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Standbys that take no WAL, or next to none, of the much that there is for them. Each has a slot. Another one meanwhile gets
 * all of it.
 */
final class SlowReaderRunner implements BadInputRunner, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int READERS = 8;

    /** Twice the timeout and more. */
    private static final int SECONDS_OF_REPLIES = 5;

    /** Several times what the kernel buffers for one connection. */
    private static final int WAL_BYTES = 32 << 20;

    /** What the limits allow for all of them, and as much again for the honest one; the WAL for them is far more. */
    private static final long MEMORY_BYTES = (2L * READERS) << 20;

    private final Path root;
    private @Nullable RelayNode node;
    private int number;

    SlowReaderRunner(Path root) {
        this.root = root.resolve("slow-readers");
    }

    static boolean isAboutReading(BadInput input) {
        return input.kind().equals("copydata") && input.isAbout("client never reads", "client reads 1 byte");
    }

    @Override
    public boolean applies(BadInput input) {
        return isAboutReading(input);
    }

    @Override
    public Answer answer(BadInput input) throws IOException {
        RelayNode server = node();
        List<LibpqSocket> readers = new ArrayList<>();
        try (LibpqSocket watcher = logIn(server, "")) {
            long memoryBefore = memory();
            String slots = "slow" + number++ + "_";
            for (int i = 0; i < READERS; i++) {
                readers.add(stream(server, slots + i));
            }
            boolean reads = input.isAbout("1 byte");
            if (reads) {
                readSlowlyButReply(readers, watcher, slots);
            }
            requireAllForAnHonestOne(server);
            long grown = memory() - memoryBefore;
            for (int i = 0; i < READERS; i++) {
                requireKept(watcher, slots + i);
                dropWhenFree(watcher, slots + i, reads ? readers : List.of());
            }
            for (LibpqSocket reader : readers) {
                requireCutOff(reader);
            }
            return grown < MEMORY_BYTES
                    ? new Answer("close", "", "wal_sender_timeout; server memory stays flat, slot keeps WAL")
                    : new Answer("server memory grew by " + grown, "", "");
        } finally {
            readers.forEach(LibpqSocket::close);
        }
    }

    private static LibpqSocket logIn(RelayNode server, String options) throws IOException {
        LibpqSocket socket = LibpqSocket.open(server.address());
        socket.send(FrontendBytes.startup(
                FrontendBytes.PROTOCOL_3_0, Map.of("user", "rep", "replication", "true", "options", options)));
        until(socket, 'Z');
        return socket;
    }

    /** Begins a stream through a new slot, says from where WAL is needed, and reads nothing. */
    private static LibpqSocket stream(RelayNode server, String slot) throws IOException {
        LibpqSocket socket = logIn(server, "-c wal_sender_timeout=" + TIMEOUT.toMillis());
        socket.send(FrontendBytes.query("CREATE_REPLICATION_SLOT " + slot + " PHYSICAL"));
        until(socket, 'Z');
        socket.send(
                FrontendBytes.query("START_REPLICATION SLOT " + slot + " " + ServedDirectory.START + " TIMELINE 2"));
        assertThat(socket.awaitByte(PATIENCE)).isTrue(); // it is in the stream that replies mean something
        reply(socket);
        return socket;
    }

    /** Says that it has nothing yet. */
    private static void reply(LibpqSocket socket) {
        Lsn start = ServedDirectory.START;
        socket.send(FrontendBytes.copyData(new StatusUpdate(start, start, start, PgTimestamp.NONE, false)));
    }

    /** Whoever replies is alive, however slowly he reads. */
    private static void readSlowlyButReply(List<LibpqSocket> readers, LibpqSocket watcher, String slots)
            throws IOException {
        for (int i = 0; i < SECONDS_OF_REPLIES; i++) {
            assertThat(watcher.awaitByte(SECOND)).isFalse();
            for (LibpqSocket reader : readers) {
                reader.socket().getInputStream().read();
                reply(reader);
            }
        }
        for (int i = 0; i < READERS; i++) {
            watcher.send(FrontendBytes.query("DROP_REPLICATION_SLOT " + slots + i));
            BackendMessage refused = until(watcher, 'Z');
            assertThat(refused.fields()).containsEntry('C', "55006");
            until(watcher, 'Z');
        }
    }

    private static void requireAllForAnHonestOne(RelayNode server) throws IOException {
        Lsn end = ServedDirectory.START.plus(WAL_BYTES);
        try (LibpqSocket honest = logIn(server, "")) {
            honest.send(FrontendBytes.query("START_REPLICATION " + ServedDirectory.START + " TIMELINE 2"));
            Lsn position = Lsn.INVALID;
            while (position.isBefore(end)) {
                BackendMessage message = requireNonNull(honest.read(PATIENCE), "the honest one's WAL");
                if (message.decode() instanceof FromServer.Wal wal) {
                    position = wal.start().plus(wal.bytes().remaining());
                }
            }
        }
    }

    private static void requireKept(LibpqSocket watcher, String slot) {
        watcher.send(FrontendBytes.query("READ_REPLICATION_SLOT " + slot));
        assertThat(until(watcher, 'D').decode())
                .isInstanceOfSatisfying(
                        FromServer.DataRow.class,
                        row -> assertThat(row.latin1(1)).isEqualTo(ServedDirectory.START.toString()));
        until(watcher, 'Z');
    }

    /** Waits until the slot is free, which {@code DROP_REPLICATION_SLOT … WAIT} waits for. */
    private static void dropWhenFree(LibpqSocket watcher, String slot, List<LibpqSocket> readers) throws IOException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        watcher.send(FrontendBytes.query("DROP_REPLICATION_SLOT " + slot + " WAIT"));
        while (!watcher.awaitByte(SECOND)) {
            assertThat(deadlineNs - System.nanoTime()).as("%s is in use", slot).isPositive();
            for (LibpqSocket reader : readers) {
                readByte(reader);
            }
        }
        assertThat(until(watcher, 'C').tag()).isEqualTo('C');
        until(watcher, 'Z');
    }

    /** Returns false at the end of the connection. */
    private static boolean readByte(LibpqSocket reader) throws IOException {
        try {
            return reader.socket().getInputStream().read() >= 0;
        } catch (SocketException e) {
            return false;
        }
    }

    /** What is on its way still comes, and nothing after it. */
    private static void requireCutOff(LibpqSocket reader) throws IOException {
        reader.socket().setSoTimeout((int) PATIENCE.toMillis());
        byte[] some = new byte[64 << 10];
        long rest = 0;
        try {
            int read = reader.socket().getInputStream().read(some);
            while (read >= 0) {
                rest += read;
                read = reader.socket().getInputStream().read(some);
            }
        } catch (SocketException e) { // a reset is an end, too
            assertThat(e).hasMessageContaining("reset");
        }
        assertThat(rest).isLessThan(WAL_BYTES / 2);
    }

    /** Returns the first message of this type, or an error before it. */
    private static BackendMessage until(LibpqSocket socket, char type) {
        BackendMessage message = socket.read(PATIENCE);
        while (message != null && message.tag() != type && message.tag() != 'E') {
            message = socket.read(PATIENCE);
        }
        return requireNonNull(message, () -> "message of type " + type);
    }

    /** Returns how much memory is in use on the heap and beside it. */
    private static long memory() {
        System.gc();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + direct + usedByNetty();
    }

    /** Netty is no business of this module's, and counts for itself. */
    private static long usedByNetty() {
        try {
            Class<?> platform = Class.forName("io.netty.util.internal.PlatformDependent");
            return Math.max(0, (long) platform.getMethod("usedDirectMemory").invoke(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private RelayNode node() throws IOException {
        RelayNode started = node;
        if (started == null) {
            started = ServedDirectory.make(
                            root, WAL_BYTES, "max_wal_senders = 20", "max_replication_slots = " + 2 * READERS)
                    .serve();
            node = started;
        }
        return started;
    }

    @Override
    public void close() {
        RelayNode started = node;
        if (started != null) {
            started.close();
        }
    }
}
