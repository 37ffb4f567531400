// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.postmaster.RelayNode;
import io.walcast.testkit.standby.BackendMessage;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FrontendBytes;
import io.walcast.testkit.standby.LibpqSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What standbys send to a real walsender: commands as far as a session decides, and messages in a stream. The node is on
 * timeline 2, which began at 0/1000000, and has the slots {@code p1}, {@code s1}, which is in use, {@code l1}, which is a
 * logical one, and {@code lost1}, which was invalidated.
 */
final class SessionRunner implements BadInputRunner, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration A_MOMENT = Duration.ofMillis(300);
    private static final Lsn START = ServedDirectory.START;
    private static final int WAL_BYTES = 100_000;
    private static final Lsn END = START.plus(WAL_BYTES);
    private static final int HEADER_BYTES = 5;
    private static final int MANY = 2_000;
    private static final int MAX_ANSWERS_PER_S = 100;

    private final Path root;
    private @Nullable RelayNode node;
    private @Nullable LibpqSocket busy;
    private int number;

    SessionRunner(Path root) {
        this.root = root.resolve("session");
    }

    @Override
    public boolean applies(BadInput input) {
        boolean fromStandby = input.kind().equals("copydata") && !isFromServer(input);
        boolean command = input.kind().equals("commands") && CommandRunner.needsSession(input);
        return (fromStandby || command)
                && !SlowReaderRunner.isAboutReading(input)
                && !StoppingRunner.isAboutStopping(input);
    }

    private static boolean isFromServer(BadInput input) {
        if (input.isAbout("[srv]")) {
            return false;
        }
        byte[] bytes = input.bytes();
        boolean standbyMessage =
                bytes.length <= HEADER_BYTES || bytes[HEADER_BYTES] == 'r' || bytes[HEADER_BYTES] == 'h';
        return input.isAbout("[cli]") || bytes.length == 0 || bytes[0] != 'd' || !standbyMessage;
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        RelayNode server = node();
        String user = input.isAbout("without replication") ? "plain" : "rep";
        String options = input.isAbout("silence") ? "-c wal_sender_timeout=1s" : "";
        try (LibpqSocket socket = LibpqSocket.open(server.address())) {
            socket.send(FrontendBytes.startup(
                    FrontendBytes.PROTOCOL_3_0, Map.of("user", user, "replication", "true", "options", options)));
            BackendMessage first = until(socket, 'Z');
            if (first == null || first.tag() == 'E') {
                return of(first, socket);
            }
            return input.kind().equals("copydata") ? inStream(socket, input) : outside(socket, input);
        }
    }

    private Answer outside(LibpqSocket socket, BadInput input) {
        byte[] bytes = input.bytes();
        socket.send(bytes);
        boolean ignored = input.wants("ignore");
        boolean more = !ignored && bytes[0] == 'Q' && declared(bytes) > bytes.length;
        if (more) {
            socket.shutdownOutput();
        }
        if (ignored) {
            socket.send(FrontendBytes.query("IDENTIFY_SYSTEM"));
        }
        BackendMessage answer = socket.read(PATIENCE);
        while (answer != null && answer.tag() != 'E' && answer.tag() != 'C') {
            answer = socket.read(PATIENCE);
        }
        return ignored && answer != null && answer.tag() == 'C' ? new Answer("ignore", "", "") : of(answer, socket);
    }

    private static long declared(byte[] bytes) {
        long length = 0;
        for (int i = 1; i < HEADER_BYTES; i++) {
            length = length << 8 | (bytes[i] & 0xFF);
        }
        return length + 1;
    }

    private Answer inStream(LibpqSocket socket, BadInput input) throws IOException {
        String slot = "moved" + number++; // the one of the session before may not be gone yet
        socket.send(FrontendBytes.query("CREATE_REPLICATION_SLOT " + slot + " TEMPORARY PHYSICAL"));
        until(socket, 'Z');
        socket.send(FrontendBytes.query("START_REPLICATION SLOT " + slot + " " + START + " TIMELINE 2"));
        awaitWal(socket);
        socket.send(FrontendBytes.copyData(new StatusUpdate(END, END, END, PgTimestamp.NONE, true)));
        until(socket, 'd');
        long beganNs = System.nanoTime();
        byte[] bytes = input.bytes();
        boolean flood = input.isAbout("per second");
        socket.send(flood ? repeated(bytes) : bytes);
        boolean waits = input.isAbout("silence");
        if (!waits && bytes[0] == 'd' && declared(bytes) > bytes.length) {
            socket.shutdownOutput();
            return of(until(socket, 'E'), socket);
        }
        if (waits) {
            until(socket, 'E');
            return new Answer("close", "", "wal_sender_timeout");
        }
        if (flood) {
            return answers(socket, input, beganNs);
        }
        socket.send(FrontendBytes.copyDone());
        BackendMessage end = socket.read(PATIENCE);
        while (end != null && end.tag() == 'd') {
            end = socket.read(PATIENCE);
        }
        if (end == null || end.tag() == 'E') {
            return of(end, socket);
        }
        until(socket, 'Z');
        socket.send(FrontendBytes.query("READ_REPLICATION_SLOT " + slot));
        BackendMessage row = until(socket, 'D');
        boolean kept = row != null
                && row.decode() instanceof FromServer.DataRow values
                && END.toString().equals(values.latin1(1));
        return new Answer(
                !kept ? "moved the slot" : input.wants("FATAL") ? "accept" : input.action(), "", input.message());
    }

    private static Answer answers(LibpqSocket socket, BadInput input, long beganNs) {
        int answers = 0;
        while (socket.read(A_MOMENT) != null) {
            answers++;
        }
        long allowed = MAX_ANSWERS_PER_S * (System.nanoTime() - beganNs) / 1_000_000_000L + 10;
        return new Answer(
                answers <= allowed && !socket.hasEnded() ? "answers merged, at most 100/s" : answers + " answers",
                "",
                input.message());
    }

    private static void awaitWal(LibpqSocket socket) {
        until(socket, 'W');
        until(socket, 'd');
    }

    private static byte[] repeated(byte[] bytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < MANY; i++) {
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    /** Returns the first message of this type, or an error before it, or null at the end. */
    private static @Nullable BackendMessage until(LibpqSocket socket, char type) {
        BackendMessage message = socket.read(PATIENCE);
        while (message != null && message.tag() != type && message.tag() != 'E') {
            message = socket.read(PATIENCE);
        }
        return message;
    }

    private static Answer of(@Nullable BackendMessage message, LibpqSocket socket) {
        if (message == null) {
            return new Answer(socket.hasEnded() ? "close" : "silence", "", "");
        }
        if (message.tag() != 'E') {
            return Answer.accepted("message of type " + message.tag());
        }
        Map<Character, String> fields = message.fields();
        BackendMessage next = socket.read(PATIENCE);
        String action = next == null ? "FATAL+close" : "ERROR, session lives";
        boolean consistent = fields.getOrDefault('S', "").equals(next == null ? "FATAL" : "ERROR");
        return new Answer(
                consistent ? action : "severity of " + action,
                fields.getOrDefault('C', ""),
                fields.getOrDefault('M', ""));
    }

    private RelayNode node() throws IOException {
        RelayNode started = node;
        if (started == null) {
            started = ServedDirectory.make(root, WAL_BYTES, "max_wal_senders = 50")
                    .withForeignSlots()
                    .serve();
            node = started;
            LibpqSocket holder = LibpqSocket.open(started.address());
            busy = holder;
            holder.send(
                    FrontendBytes.startup(FrontendBytes.PROTOCOL_3_0, Map.of("user", "rep", "replication", "true")));
            until(holder, 'Z');
            for (String slot : new String[] {"p1", "s1"}) {
                holder.send(FrontendBytes.query("CREATE_REPLICATION_SLOT " + slot + " PHYSICAL"));
                until(holder, 'Z');
            }
            holder.send(FrontendBytes.query("START_REPLICATION SLOT s1 " + START + " TIMELINE 2"));
            until(holder, 'W');
        }
        return started;
    }

    @Override
    public void close() {
        LibpqSocket holder = busy;
        if (holder != null) {
            holder.close();
        }
        RelayNode started = node;
        if (started != null) {
            started.close();
        }
    }
}
