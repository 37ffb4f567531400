// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import com.google.errorprone.annotations.Immutable;
import io.walcast.postmaster.http2.Frame;
import io.walcast.postmaster.http2.RawClient;
import io.walcast.postmaster.http2.SessionBytes;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;

/** What somebody who means harm does with one connection to a gRPC port, until he is cut off or told to stop. */
enum Flood {
    /** CVE-2023-44487: calls that are taken back at once. */
    RAPID_RESET((client, goOn) -> {
        client.begin();
        while (goOn.getAsBoolean() && !client.isRefused()) {
            int stream = client.call(RawClient.SESSION);
            client.send(Frame.ofNumber(Frame.RST_STREAM, stream, Frame.CANCEL));
        }
    }),
    /** CVE-2025-55163: calls that the server has to take back. */
    MADE_YOU_RESET((client, goOn) -> {
        client.begin();
        while (goOn.getAsBoolean() && !client.isRefused()) {
            client.send(Frame.ofNumber(Frame.WINDOW_UPDATE, client.call(RawClient.SESSION), 0));
        }
    }),
    /** Headers that never end, in frames as long as may be. */
    CONTINUATION((client, goOn) -> {
        client.begin();
        client.send(new Frame(Frame.HEADERS, 0, 1, ByteBuffer.allocate(0)));
        repeat(client, goOn, new Frame(Frame.CONTINUATION, 0, 1, ByteBuffer.wrap(header("x-a", "a".repeat(16_000)))));
    }),
    /** The same in frames without anything. */
    EMPTY_CONTINUATION((client, goOn) -> {
        client.begin();
        client.send(new Frame(Frame.HEADERS, 0, 1, ByteBuffer.allocate(0)));
        repeat(client, goOn, new Frame(Frame.CONTINUATION, 0, 1, ByteBuffer.allocate(0)));
    }),
    /** Calls with a thousand headers. */
    HEADERS((client, goOn) -> {
        String[] many = new String[2000];
        Arrays.fill(many, "x");
        client.begin();
        while (goOn.getAsBoolean() && !client.isRefused()) {
            client.call(RawClient.SESSION, many);
        }
    }),
    /** One header in the table, and four thousand times a byte that stands for it. */
    HPACK_BOMB((client, goOn) -> {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x40);
        block.writeBytes(string("x"));
        block.writeBytes(string("a".repeat(4000)));
        for (int i = 0; i < 4000; i++) {
            block.write(0x80 | 62);
        }
        client.begin();
        for (int stream = 1; goOn.getAsBoolean() && !client.isRefused(); stream += 2) {
            client.send(new Frame(Frame.HEADERS, Frame.END_HEADERS, stream, ByteBuffer.wrap(block.toByteArray())));
        }
    }),
    SETTINGS((client, goOn) -> {
        client.begin();
        repeat(client, goOn, Frame.settings(Frame.INITIAL_WINDOW_SIZE, 1 << 16));
    }),
    PINGS((client, goOn) -> {
        client.begin();
        repeat(client, goOn, Frame.ping(1));
    }),
    PRIORITIES((client, goOn) -> {
        client.begin();
        repeat(client, goOn, new Frame(Frame.PRIORITY, 0, 1, ByteBuffer.allocate(5)));
    }),
    WINDOW_UPDATES((client, goOn) -> {
        client.begin();
        repeat(client, goOn, Frame.ofNumber(Frame.WINDOW_UPDATE, 0, 1));
    }),
    /** Data without data, in a call that is under way (CVE-2019-9518). */
    EMPTY_DATA((client, goOn) -> {
        client.begin();
        int stream = client.call(RawClient.SESSION);
        repeat(client, goOn, new Frame(Frame.DATA, 0, stream, ByteBuffer.allocate(0)));
    }),
    /** More calls than may be under way at once. */
    STREAMS((client, goOn) -> {
        client.begin();
        while (goOn.getAsBoolean() && !client.isRefused()) {
            client.call(RawClient.SESSION);
        }
    }),
    /** The first bytes of HTTP/2, one at a time. */
    SLOW_PREFACE((client, goOn) -> slowly(client, goOn, Frame.preface())),
    /** The headers of a call, one byte at a time. */
    SLOW_HEADERS((client, goOn) -> {
        client.begin();
        slowly(client, goOn, new Frame(Frame.HEADERS, Frame.END_HEADERS, 1, ByteBuffer.allocate(4000)).bytes());
    }),
    /** Messages that say they are as long as may be, and of which no more than half comes, in as many calls as may be. */
    HALF_MESSAGES((client, goOn) -> {
        client.begin();
        byte[] half = halfMessage();
        for (int i = 0; i < 16; i++) {
            client.data(client.call(RawClient.SESSION), half, false);
        }
        awaitEnd(client, goOn);
    }),
    /** A message that is eight thousand times as long when it is unpacked. */
    GZIP_BOMB((client, goOn) -> {
        byte[] bomb = gzipBomb();
        client.begin();
        while (goOn.getAsBoolean() && !client.isRefused()) {
            int stream = client.call(RawClient.SESSION, "grpc-encoding", "gzip");
            client.data(stream, bomb, true);
            client.awaitEnd(stream, Duration.ofSeconds(1));
        }
    }),
    /** Sessions that stream into a window that is never opened. */
    CLOSED_WINDOWS((client, goOn) -> {
        client.begin(Frame.INITIAL_WINDOW_SIZE, 0);
        for (int i = 0; i < 4; i++) {
            streaming(client);
        }
        awaitEnd(client, goOn);
    }),
    /** The same, with windows of one byte that are opened by one byte. */
    TINY_WINDOWS((client, goOn) -> {
        client.begin(Frame.INITIAL_WINDOW_SIZE, 1);
        int stream = streaming(client);
        while (goOn.getAsBoolean() && !client.isRefused()) {
            client.send(Frame.ofNumber(Frame.WINDOW_UPDATE, stream, 1));
            client.next(Duration.ofMillis(1));
        }
    }),
    /** Sessions that stream to somebody who opens his windows and then never reads. */
    DEAF((client, goOn) -> {
        client.begin(Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
        client.send(Frame.ofNumber(Frame.WINDOW_UPDATE, 0, 1 << 30));
        streaming(client);
        while (goOn.getAsBoolean()) {
            pause();
        }
    }),
    /** Reports as fast as can be, each of which asks for an answer. */
    STATUS_STORM((client, goOn) -> {
        client.begin(Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
        client.send(Frame.ofNumber(Frame.WINDOW_UPDATE, 0, 1 << 30));
        int stream = streaming(client);
        Thread reader = new Thread(() -> awaitEnd(client, goOn));
        reader.start();
        byte[] status = SessionBytes.status(0, true);
        while (goOn.getAsBoolean() && !client.isRefused()) {
            client.message(stream, status);
        }
        client.close();
    }),
    /** Logins, one after the other. */
    LOGINS((client, goOn) -> {
        client.begin();
        int stream = client.call(RawClient.SESSION);
        client.message(stream, SessionBytes.begin(PostgresServer.USER, Map.of()));
        client.nextMessage(stream, Duration.ofSeconds(1));
    });

    private static final int LONGEST_REQUEST_BYTES = 128 << 10;

    /** The window of a call, before any settings have come, is not much more. */
    private static final int HALF_MESSAGE_BYTES = 60_000;

    private static final int BOMB_BYTES = 16 << 20;
    private static final int MESSAGE_HEADER_BYTES = 5;
    private static final Duration A_MOMENT = Duration.ofMillis(100);

    @SuppressWarnings("ImmutableEnumChecker") // its lambdas capture nothing
    private final Harm harm;

    Flood(Harm harm) {
        this.harm = harm;
    }

    @Immutable
    private interface Harm {
        void go(RawClient client, BooleanSupplier goOn);
    }

    /** Does it, on a connection of its own. */
    void go(RawClient client, BooleanSupplier goOn) {
        harm.go(client, goOn);
    }

    private static void repeat(RawClient client, BooleanSupplier goOn, Frame frame) {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        while (many.size() < 1 << 12) {
            many.writeBytes(frame.bytes());
        }
        byte[] bytes = many.toByteArray();
        while (goOn.getAsBoolean() && !client.isRefused()) {
            client.send(bytes);
        }
    }

    private static void slowly(RawClient client, BooleanSupplier goOn, byte[] bytes) {
        for (int i = 0; i < bytes.length && goOn.getAsBoolean() && !client.isRefused(); i++) {
            client.send(new byte[] {bytes[i]});
            pause();
        }
    }

    private static void pause() {
        LockSupport.parkNanos(A_MOMENT.toNanos());
    }

    private static void awaitEnd(RawClient client, BooleanSupplier goOn) {
        while (goOn.getAsBoolean() && !client.hasEnded()) {
            client.next(A_MOMENT);
        }
    }

    private static int streaming(RawClient client) {
        int stream = client.call(RawClient.SESSION);
        client.message(stream, SessionBytes.begin(PostgresServer.USER, Map.of("wal_sender_timeout", "2s")));
        client.message(stream, SessionBytes.command("START_REPLICATION PHYSICAL 0/1000000 TIMELINE 1"));
        return stream;
    }

    private static byte[] header(String name, String value) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(0);
        header.writeBytes(string(name));
        header.writeBytes(string(value));
        return header.toByteArray();
    }

    private static byte[] string(String text) {
        ByteArrayOutputStream string = new ByteArrayOutputStream();
        int rest = text.length();
        if (rest < 0x7F) {
            string.write(rest);
        } else {
            string.write(0x7F);
            for (rest -= 0x7F; rest >= 0x80; rest >>>= 7) {
                string.write((rest & 0x7F) | 0x80);
            }
            string.write(rest);
        }
        string.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return string.toByteArray();
    }

    private static byte[] halfMessage() {
        byte[] half = new byte[HALF_MESSAGE_BYTES];
        ByteBuffer.wrap(half).putInt(1, LONGEST_REQUEST_BYTES - 1);
        return half;
    }

    private static byte[] gzipBomb() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            out.write(new byte[MESSAGE_HEADER_BYTES]);
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                for (int i = 0; i < BOMB_BYTES >> 20; i++) {
                    gzip.write(new byte[1 << 20]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] message = out.toByteArray();
        message[0] = 1;
        ByteBuffer.wrap(message).putInt(1, message.length - MESSAGE_HEADER_BYTES);
        return message;
    }
}
