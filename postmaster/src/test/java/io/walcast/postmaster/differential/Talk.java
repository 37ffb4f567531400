// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import io.walcast.core.Lsn;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.BackendMessage;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FrontendBytes;
import io.walcast.testkit.standby.LibpqSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection, and a line for each message that came over it. What must differ between two servers is not in the lines:
 * clocks, process ids, secrets.
 *
 * <p>Threading: one owner thread.
 */
final class Talk implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final InetSocketAddress server;
    private final List<String> lines;
    private @Nullable LibpqSocket socket;
    private byte[] cancelRequest = new byte[0];
    private boolean closed;

    Talk(InetSocketAddress server) {
        this(server, new ArrayList<>());
    }

    private Talk(InetSocketAddress server, List<String> lines) {
        this.server = server;
        this.lines = lines;
    }

    /** Returns all that came, with parameters in the order of their names. */
    String transcript() {
        List<String> sorted = new ArrayList<>();
        int begin = 0;
        for (String line : lines) {
            if (!line.startsWith("S ")) {
                begin = sorted.size() + 1;
            }
            sorted.add(line);
            sorted.subList(Math.min(begin, sorted.size()), sorted.size()).sort(null);
        }
        return String.join("\n", sorted);
    }

    /** Begins another connection. */
    Talk connect() {
        close();
        try {
            socket = LibpqSocket.open(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        closed = false;
        return this;
    }

    /** Counts from here on. */
    void forget() {
        lines.clear();
    }

    private LibpqSocket socket() {
        LibpqSocket open = socket;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    /** Returns another connection to the same server, whose lines are among these. */
    Talk another() {
        return new Talk(server, lines);
    }

    /** Begins a physical replication session with these further parameters, each {@code name=value}. */
    Talk replication(String... parameters) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("user", "replicator"));
        all.put("replication", "true");
        put(parameters, all);
        return connect().startup(FrontendBytes.PROTOCOL_3_0, all);
    }

    /** Begins a session with these parameters only. */
    Talk session(String... parameters) {
        Map<String, String> all = new LinkedHashMap<>();
        put(parameters, all);
        return connect().startup(FrontendBytes.PROTOCOL_3_0, all);
    }

    private static void put(String[] parameters, Map<String, String> all) {
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            all.put(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
    }

    Talk startup(int version, Map<String, String> parameters) {
        return send(FrontendBytes.startup(version, parameters)).answer();
    }

    Talk query(String text) {
        return ask(text).answer();
    }

    /** Sends a query and does not wait. */
    Talk ask(String text) {
        lines.add("> " + text);
        return send(FrontendBytes.query(text));
    }

    /** Sends bytes; a server that has closed takes them or not. */
    Talk send(byte[] bytes) {
        try {
            socket().send(bytes);
        } catch (UncheckedIOException e) {
            lines.add("(not sent)");
        }
        return this;
    }

    Talk send(StandbyMessage message) {
        return send(FrontendBytes.copyData(message));
    }

    /** Sends {@code CopyDone}. */
    Talk copyDone() {
        return send(FrontendBytes.copyDone());
    }

    /** Cancels the query by another connection. */
    Talk cancel() {
        try (LibpqSocket request = LibpqSocket.open(server)) {
            request.send(cancelRequest);
            lines.add("cancel request: " + request.readByte(PATIENCE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Cancels the query, again and again until an answer comes: it may not have begun yet. */
    Talk cancelUntilAnswered() {
        do {
            try (LibpqSocket request = LibpqSocket.open(server)) {
                request.send(cancelRequest);
                request.readByte(PATIENCE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } while (!socket().awaitByte(Duration.ofMillis(100)));
        return answer();
    }

    /** Reads one byte that is no message. */
    Talk answerByte() {
        lines.add("byte " + (char) socket().readByte(PATIENCE));
        return this;
    }

    /** Reads all up to {@code ReadyForQuery} or the end of the connection. */
    Talk answer() {
        char tag;
        do {
            tag = read();
        } while (tag != 'Z' && tag != 0);
        return this;
    }

    /** Reads all up to the first message of this type, or to the end of the connection. */
    Talk until(char type) {
        char tag;
        do {
            tag = read();
        } while (tag != type && tag != 0);
        return this;
    }

    /** Reads WAL up to {@code upto}; how it was cut into messages is in the lines if {@code pieces}. */
    Talk wal(Lsn upto, boolean pieces) {
        Lsn end = Lsn.INVALID;
        Lsn start = Lsn.INVALID;
        int crc = 0;
        while (end.isBefore(upto)) {
            BackendMessage message = socket().read(PATIENCE);
            if (message == null || !(message.tag() == 'd' && message.decode() instanceof FromServer.Wal)) {
                add(message);
                return this;
            }
            FromServer.Wal wal = (FromServer.Wal) message.decode();
            start = start.isValid() ? start : wal.start();
            if (end.isValid() && !end.equals(wal.start())) {
                lines.add("gap at " + end);
            }
            end = wal.start().plus(wal.bytes().remaining());
            while (wal.bytes().hasRemaining()) {
                crc = 31 * crc + wal.bytes().get();
            }
            if (pieces) {
                lines.add("w " + wal.start() + " to " + end + ", server's end " + wal.serverEnd());
            }
        }
        lines.add("WAL from %s to %s, hash %08x".formatted(start, end, crc));
        return this;
    }

    /** Takes note of how long it takes until the next message, in steps of half a second. */
    Talk timed() {
        long beganNs = System.nanoTime();
        read();
        lines.add("after about " + Math.round((System.nanoTime() - beganNs) / 5e8) / 2.0 + " s");
        return this;
    }

    /** Reads one message. */
    Talk next() {
        read();
        return this;
    }

    /** Reads one message and returns its type, 0 at the end. */
    private char read() {
        return add(closed ? null : socket().read(PATIENCE));
    }

    private char add(@Nullable BackendMessage message) {
        if (message == null) {
            lines.add(closed || socket().hasEnded() ? "closed" : "silent");
            closed = true;
            return 0;
        }
        if (message.tag() == 'K') {
            byte[] body = new byte[message.body().remaining()];
            message.body().get(body);
            byte[] key = Arrays.copyOfRange(body, Integer.BYTES, body.length);
            cancelRequest = FrontendBytes.cancelRequest(message.body().getInt(), key);
        }
        lines.add(MessageText.of(message));
        return message.tag();
    }

    @Override
    public void close() {
        LibpqSocket open = socket;
        if (open != null) {
            open.close();
        }
    }
}
