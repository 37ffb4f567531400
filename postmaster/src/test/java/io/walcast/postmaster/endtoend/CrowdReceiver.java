// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.standby.FrontendBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One of a crowd: logs in, streams from a position on, compares each byte with what the primary wrote, and reports what it
 * has. Confined to the thread of the crowd, except {@link #position} and {@link #isStreaming}.
 */
final class CrowdReceiver {
    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int TAG_BYTES = 5;
    private static final int WAL_HEADER_BYTES = TAG_BYTES + 1 + 3 * Long.BYTES;
    private static final int REPLY_REQUESTED_AT = TAG_BYTES + 1 + 2 * Long.BYTES;
    private static final int LONGEST_MESSAGE_BYTES = 4096;
    private static final long STATUS_NS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final SocketChannel channel;
    private final WrittenSegments written;
    private final ByteBuffer head = ByteBuffer.allocate(LONGEST_MESSAGE_BYTES);

    private boolean started;
    private int payloadLeft;
    private long statusSentNs;
    private long messages;

    // Written by the crowd's thread, read by the test.
    private volatile Lsn position;
    private volatile boolean streaming;

    CrowdReceiver(String name, SocketChannel channel, Lsn start, WrittenSegments written) {
        this.name = name;
        this.channel = channel;
        this.position = start;
        this.written = written;
    }

    /** Returns the end of what it has. */
    Lsn position() {
        return position;
    }

    /** Returns whether the relay has said that WAL follows. */
    boolean isStreaming() {
        return streaming;
    }

    /** Returns how many messages of the stream have come. */
    long messages() {
        return messages;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Says who it is. */
    void logIn() throws IOException {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", PostgresServer.USER);
        parameters.put("replication", "true");
        parameters.put("application_name", name);
        write(FrontendBytes.startup(PROTOCOL_3_0, parameters));
    }

    /** Takes what has come, all of it. */
    void take(ByteBuffer in) throws IOException {
        while (in.hasRemaining()) {
            if (payloadLeft > 0) {
                compare(in);
                continue;
            }
            int copied = Math.min(in.remaining(), wanted() - head.position());
            head.put(in.slice().limit(copied));
            in.position(in.position() + copied);
            if (head.position() == wanted()) {
                message();
                head.clear();
            }
        }
        if (streaming && System.nanoTime() - statusSentNs > STATUS_NS) {
            sendStatus();
        }
    }

    /** Returns how long a head is, as far as can be told from its beginning. */
    private int wanted() {
        if (head.position() < TAG_BYTES) {
            return TAG_BYTES;
        }
        int all = 1 + head.getInt(1);
        if (head.get(0) != 'd') {
            return require(all);
        }
        if (head.position() == TAG_BYTES) {
            return TAG_BYTES + 1;
        }
        return head.get(TAG_BYTES) == 'w' ? WAL_HEADER_BYTES : require(all);
    }

    private int require(int bytes) {
        if (bytes < TAG_BYTES || bytes > LONGEST_MESSAGE_BYTES) {
            throw new AssertionError(name + ": a message of " + bytes + " bytes");
        }
        return bytes;
    }

    private void message() throws IOException {
        switch (head.get(0)) {
            case 'Z' -> start();
            case 'W' -> streaming = true;
            case 'd' -> copyData();
            case 'R', 'S', 'K', 'N' -> {}
            default ->
                throw new AssertionError(
                        name + " was sent: " + new String(head.array(), 0, head.position(), StandardCharsets.UTF_8));
        }
    }

    private void start() throws IOException {
        if (started) {
            throw new AssertionError(name + ": the stream has ended at " + position);
        }
        started = true;
        write(FrontendBytes.query("START_REPLICATION PHYSICAL " + position + " TIMELINE 1"));
    }

    private void copyData() throws IOException {
        messages++;
        if (head.get(TAG_BYTES) == 'w') {
            Lsn start = new Lsn(head.getLong(TAG_BYTES + 1));
            if (!start.equals(position)) {
                throw new AssertionError("%s: WAL from %s (expected: %s)".formatted(name, start, position));
            }
            payloadLeft = 1 + head.getInt(1) - WAL_HEADER_BYTES;
        } else if (head.get(REPLY_REQUESTED_AT) != 0) {
            sendStatus();
        }
    }

    private void compare(ByteBuffer in) throws IOException {
        int length = Math.min(in.remaining(), payloadLeft);
        ByteBuffer original = written.at(position, length);
        int compared = original.remaining();
        ByteBuffer received = in.slice().limit(compared);
        int difference = original.mismatch(received);
        if (difference >= 0) {
            throw new AssertionError(name + ": another byte at " + position.plus(difference));
        }
        in.position(in.position() + compared);
        payloadLeft -= compared;
        position = position.plus(compared);
    }

    private void sendStatus() throws IOException {
        statusSentNs = System.nanoTime();
        PgTimestamp now = PgTimestamp.of(Instant.now());
        write(FrontendBytes.copyData(new StandbyMessage.StatusUpdate(position, position, Lsn.INVALID, now, false)));
    }

    private void write(byte[] bytes) throws IOException {
        if (channel.write(ByteBuffer.wrap(bytes)) < bytes.length) {
            throw new IOException(name + " cannot write " + bytes.length + " bytes");
        }
    }
}
