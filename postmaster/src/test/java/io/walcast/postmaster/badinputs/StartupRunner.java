// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.auth.AuthMethod;
import io.walcast.postmaster.badinputs.ServerUnderTest.Line;
import io.walcast.postmaster.badinputs.Stranger.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What strangers send to a port first, over a real socket. A listener without TLS; everybody who names himself is believed. */
final class StartupRunner implements BadInputRunner {
    private static final int REQUEST_BYTES = 8;
    private static final int CANCEL_REQUEST = 80877102;
    private static final int ONE_BYTE_EVERY_MS = 100;

    @Override
    public boolean applies(BadInput input) {
        return input.kind().equals("startup");
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        AuthMethod method = input.isAbout("during scram") ? AuthMethod.SCRAM_SHA_256 : AuthMethod.TRUST;
        try (ServerUnderTest server = ServerUnderTest.start(method, null);
                Stranger stranger = Stranger.connect(server.address())) {
            send(input, stranger);
            Message first = stranger.read();
            if (first.type() == 0) {
                return closed(input, server);
            }
            if (first.type() == 'E') {
                return error(first, stranger);
            }
            return goesOn(first, stranger);
        }
    }

    private static void send(BadInput input, Stranger stranger) throws IOException {
        byte[] bytes = input.bytes();
        if (input.isAbout("second startup after", "during scram")) {
            stranger.startup("rep");
            Message message;
            do {
                message = stranger.read();
            } while (message.type() != 'Z' && message.request() <= 0);
            stranger.send(bytes);
        } else if (input.isAbout("twice, tls off")) {
            stranger.send(Arrays.copyOf(bytes, REQUEST_BYTES));
            if (stranger.readByte() != 'N') {
                throw new IOException("TLS was not declined");
            }
            stranger.send(Arrays.copyOfRange(bytes, REQUEST_BYTES, bytes.length));
        } else if (input.isAbout("one byte every")) {
            for (byte one : bytes) {
                stranger.send(new byte[] {one});
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ONE_BYTE_EVERY_MS));
            }
        } else {
            stranger.send(bytes);
            boolean waits = input.isAbout("silence", "nothing sent");
            if (!waits && input.message().startsWith("incomplete")) {
                stranger.shutOutput();
            }
        }
    }

    /** A connection that ends without a word has said why in the log. */
    static Answer closed(BadInput input, ServerUnderTest server) {
        List<Line> lines = await(server);
        if (lines.isEmpty()) {
            return new Answer("close", "", "no reply" + (isCancel(input) ? " to a cancel" : ""));
        }
        Line last = lines.get(lines.size() - 1);
        String count = lines.size() == 1 ? "; one log line" : "; %d log lines".formatted(lines.size());
        return new Answer("close", last.sqlState(), last.text() + count);
    }

    private static boolean isCancel(BadInput input) {
        byte[] bytes = input.bytes();
        return bytes.length >= REQUEST_BYTES && ByteBuffer.wrap(bytes).getInt(Integer.BYTES) == CANCEL_REQUEST;
    }

    /** The line may come a moment after the end of the connection. */
    private static List<Line> await(ServerUnderTest server) {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
        while (server.log().isEmpty() && System.nanoTime() - endNs < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return server.log();
    }

    static Answer error(Message error, Stranger stranger) throws IOException {
        boolean closed = error.field('S').equals("FATAL") && stranger.read().type() == 0;
        String message = (error.field('M') + " " + error.field('D') + " " + error.field('H')).strip();
        return new Answer(closed ? "FATAL+close" : "ERROR", error.field('C'), message);
    }

    private static Answer goesOn(Message first, Stranger stranger) throws IOException {
        Message message = first;
        while (message.type() != 'Z') {
            if (message.type() == 'E') {
                return error(message, stranger);
            }
            if (message.type() == 0) {
                return new Answer("close", "", "after " + first.type());
            }
            message = stranger.read();
        }
        if (first.type() == 'v') {
            boolean listed = first.body().getInt(Integer.BYTES) > 0;
            return new Answer(
                    "NegotiateProtocolVersion, go on",
                    "",
                    listed
                            ? "option listed as unrecognized" + first.text()
                            : "newest minor sent back: " + (first.body().getInt(0) & 0xFFFF));
        }
        return Answer.accepted("the session began");
    }
}
