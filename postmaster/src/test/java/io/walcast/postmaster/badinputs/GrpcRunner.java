// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.postmaster.http2.CallEnd;
import io.walcast.postmaster.http2.Frame;
import io.walcast.postmaster.http2.RawClient;
import io.walcast.postmaster.http2.SessionBytes;
import io.walcast.postmaster.http2.SessionBytes.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What strangers and receivers send to the gRPC port of a real walsender: bytes in place of HTTP/2, frames, headers, and
 * messages in a session. {@link GrpcTlsRunner} has what certificates decide.
 */
final class GrpcRunner implements BadInputRunner, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration A_MOMENT = Duration.ofMillis(500);
    private static final int FLOOD_FRAMES = 20_000;
    private static final int SILENT_CONNECTIONS = 300;
    private static final int BOMB_BYTES = 8 << 20;
    private static final int STORM = 2_000; // as much as the window takes
    private static final int MESSAGE_HEADER_BYTES = 5;
    private static final String[] STATUS = {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED"
    };
    private static final String[] CODE = {
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"
    };

    private final Path root;
    private @Nullable GrpcUnderTest server;

    GrpcRunner(Path root) {
        this.root = root.resolve("grpc");
    }

    @Override
    public boolean applies(BadInput input) {
        return input.kind().equals("grpc") && !GrpcTlsRunner.isAboutCertificates(input);
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        long before = DirectMemory.usedBytes();
        Answer answer = ask(input);
        long more = DirectMemory.usedBytes() - before;
        return more <= DirectMemory.LIMIT_BYTES ? answer : new Answer("allocated %d bytes".formatted(more), "", "");
    }

    private Answer ask(BadInput input) throws Exception {
        if (input.isAbout("connections, no http/2 preface")) {
            return silent();
        }
        byte[] bytes = input.bytes();
        try (RawClient client = RawClient.connect(server().address())) {
            if (startsWith(bytes, "PRI ")) {
                return frames(client, input, bytes);
            }
            if (input.isAbout("on grpc port")) {
                client.send(bytes);
                CallEnd end = client.awaitEnd(0, PATIENCE);
                return end.closed() ? new Answer("close", "", of(end).message()) : of(end);
            }
            if (isHeader(bytes)) {
                return headers(client, input, new String(bytes, StandardCharsets.ISO_8859_1));
            }
            return inSession(client, input, bytes);
        }
    }

    private static boolean startsWith(byte[] bytes, String text) {
        byte[] start = text.getBytes(StandardCharsets.US_ASCII);
        return bytes.length >= start.length && Arrays.equals(Arrays.copyOf(bytes, start.length), start);
    }

    private static boolean isHeader(byte[] bytes) {
        return bytes.length > 0 && bytes[0] >= ' ' && new String(bytes, StandardCharsets.ISO_8859_1).contains(":");
    }

    /** The same connection may not be used for anything else, so that who sends settings first is not held up by ours. */
    private static Answer frames(RawClient client, BadInput input, byte[] bytes) {
        byte[] rest = Arrays.copyOfRange(bytes, Frame.preface().length, bytes.length);
        client.send(Frame.preface());
        if (input.isAbout("settings_max_header_list_size")) {
            client.send(rest);
            return of(client.awaitEnd(client.call("/x.Y/Z"), PATIENCE));
        }
        if (rest[3] != Frame.SETTINGS) {
            client.send(Frame.settings());
        }
        if (input.isAbout("madeyoureset")) {
            return resetsItself(client);
        }
        client.send(rest);
        if (input.isAbout("flood")) {
            byte[] last = Arrays.copyOfRange(rest, rest.length - lastFrame(input), rest.length);
            for (int i = 0; i < FLOOD_FRAMES && !client.isRefused(); i++) {
                client.send(last);
            }
        }
        CallEnd end = client.awaitEnd(1, input.wants("ignore") ? A_MOMENT : PATIENCE);
        if (input.wants("ignore") && end.goAwayCode() < 0 && !end.closed()) {
            return new Answer(isAlive(client) ? "ignore" : "dead", "", "");
        }
        return of(end);
    }

    private static int lastFrame(BadInput input) {
        return input.isAbout("ping") ? 17 : input.isAbout("continuation") ? 10 : 9;
    }

    /** What makes a server reset a stream, on a new stream each time. */
    private static Answer resetsItself(RawClient client) {
        for (int i = 0; i < 1000 && !client.isRefused(); i++) {
            int stream = client.call(RawClient.SESSION);
            client.send(Frame.ofNumber(Frame.WINDOW_UPDATE, stream, 0));
        }
        return of(client.awaitEnd(0, PATIENCE));
    }

    private static Answer headers(RawClient client, BadInput input, String text) {
        client.begin();
        int stream;
        if (text.startsWith(":path")) {
            stream = client.call(value(text));
        } else if (input.isAbout("te header missing")) {
            stream = client.request(
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    RawClient.SESSION,
                    "content-type",
                    "application/grpc");
        } else if (input.isAbout("content-type")) {
            stream = client.request(
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    RawClient.SESSION,
                    "te",
                    "trailers",
                    "content-type",
                    value(text));
        } else if (input.isAbout("1,000")) {
            List<String> many = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                many.add("x-a");
                many.add("1");
            }
            stream = client.call(RawClient.SESSION, many.toArray(String[]::new));
        } else {
            stream = client.call(RawClient.SESSION, text.substring(0, text.indexOf(':')), value(text));
        }
        client.message(stream, SessionBytes.begin("rep", Map.of()));
        if (input.isAbout("unknown grpc-encoding")) {
            client.data(stream, new byte[] {1, 0, 0, 0, 1, 0}, false);
        }
        if (input.wants("accept")) {
            int first = client.nextMessage(stream, PATIENCE);
            return new Answer(first == SessionBytes.BEGUN ? "accept" : "no answer", "", "");
        }
        return of(client.awaitEnd(stream, PATIENCE));
    }

    private static String value(String header) {
        return header.substring(header.indexOf(':', 1) + 1).strip();
    }

    private static Answer inSession(RawClient client, BadInput input, byte[] bytes) throws IOException {
        boolean noWindow = input.isAbout("window");
        client.begin(noWindow ? new int[] {Frame.INITIAL_WINDOW_SIZE, 0} : new int[0]);
        boolean gzip = input.isAbout("gzip");
        int stream = gzip ? client.call(RawClient.SESSION, "grpc-encoding", "gzip") : client.call(RawClient.SESSION);
        if (input.isAbout("no start within")) {
            return of(client.awaitEnd(stream, PATIENCE));
        }
        if (noWindow) {
            return withWindow(client, stream, input.isAbout("1 byte"));
        }
        if (input.isAbout("ack")) {
            return acknowledged(client, stream, input, bytes);
        }
        if (input.isAbout("sysid")) {
            client.message(
                    stream,
                    new Message()
                            .message(1, new Message().text(1, "rep").fixed64(5, 1))
                            .bytes());
        } else if (gzip) {
            client.data(stream, bomb(), false);
        } else if (input.isAbout("message of 4 mb")) {
            client.data(stream, new byte[] {0, 0, 0x40, 0, 1}, false);
            client.data(stream, new byte[1 << 15], false);
        } else if (input.isAbout("twice")) {
            client.message(stream, SessionBytes.begin("rep", Map.of()));
            client.message(stream, SessionBytes.begin("rep", Map.of()));
        } else {
            client.data(stream, bytes, input.isAbout("end_stream", "length prefix"));
        }
        return of(client.awaitEnd(stream, PATIENCE));
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[MESSAGE_HEADER_BYTES]);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(SessionBytes.begin("a".repeat(BOMB_BYTES), Map.of()));
        }
        byte[] framed = out.toByteArray();
        int length = framed.length - MESSAGE_HEADER_BYTES;
        framed[0] = 1;
        framed[2] = (byte) (length >>> 16);
        framed[3] = (byte) (length >>> 8);
        framed[4] = (byte) length;
        return framed;
    }

    /** Neither end may keep more for such a peer than for any other, and the session ends by its own timeout. */
    private static Answer withWindow(RawClient client, int stream, boolean oneByte) {
        client.message(stream, SessionBytes.begin("rep", Map.of("wal_sender_timeout", "1s")));
        if (oneByte) {
            for (int i = 0; i < 64; i++) {
                client.send(Frame.ofNumber(Frame.WINDOW_UPDATE, stream, 1));
            }
            CallEnd end = client.awaitEnd(stream, A_MOMENT);
            boolean trickles = client.received(stream) == 64 && !end.closed();
            return new Answer(trickles ? "accept" : "%d bytes".formatted(client.received(stream)), "", "");
        }
        start(client, stream);
        return of(client.awaitEnd(stream, PATIENCE));
    }

    private static void start(RawClient client, int stream) {
        client.message(
                stream,
                SessionBytes.command(
                        "START_REPLICATION " + GrpcUnderTest.START + " TIMELINE " + GrpcUnderTest.TIMELINE.value()));
    }

    private static Answer acknowledged(RawClient client, int stream, BadInput input, byte[] bytes) {
        client.send(Frame.ofNumber(Frame.WINDOW_UPDATE, 0, 1 << 20));
        client.send(Frame.ofNumber(Frame.WINDOW_UPDATE, stream, 1 << 20));
        client.message(stream, SessionBytes.begin("rep", Map.of()));
        start(client, stream);
        int message = client.nextMessage(stream, PATIENCE);
        while (message != 0 && message != SessionBytes.WAL_DATA) {
            message = client.nextMessage(stream, PATIENCE);
        }
        int times = input.isAbout("storm") ? STORM : 1;
        for (int i = 0; i < times && !client.isRefused(); i++) {
            client.data(stream, bytes, false);
        }
        client.message(stream, SessionBytes.status(0, true));
        int answer = client.nextMessage(stream, PATIENCE);
        while (answer == SessionBytes.WAL_DATA) {
            answer = client.nextMessage(stream, PATIENCE);
        }
        return answer == SessionBytes.KEEPALIVE ? Answer.accepted("") : of(client.awaitEnd(stream, PATIENCE));
    }

    private static boolean isAlive(RawClient client) {
        int stream = client.call(RawClient.SESSION);
        client.message(stream, SessionBytes.begin("rep", Map.of()));
        return client.nextMessage(stream, PATIENCE) == SessionBytes.BEGUN;
    }

    private Answer silent() throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < SILENT_CONNECTIONS; i++) {
                clients.add(RawClient.connect(server().address()));
            }
            for (RawClient client : clients) {
                if (!client.awaitEnd(0, PATIENCE).closed()) {
                    return new Answer("kept open", "", "");
                }
            }
            return new Answer("close", "", "cap and handshake_timeout");
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    static Answer of(CallEnd end) {
        if (end.grpcStatus() >= 0) {
            return new Answer(STATUS[end.grpcStatus()], "", end.message().replace("%20", " "));
        }
        if (end.goAwayCode() > 0) {
            String code = name(end.goAwayCode());
            return new Answer("GOAWAY " + code + " " + end.goAwayText(), "", code + " " + end.goAwayText());
        }
        if (end.httpStatus() > 0 && end.httpStatus() != 200) {
            return new Answer(Integer.toString(end.httpStatus()), "", "");
        }
        if (end.resetCode() >= 0) {
            return new Answer("RST_STREAM " + name(end.resetCode()), "", name(end.resetCode()));
        }
        return new Answer(end.closed() ? "close" : "nothing", "", "");
    }

    private static String name(int code) {
        return code < CODE.length ? CODE[code] : Integer.toString(code);
    }

    private GrpcUnderTest server() throws IOException {
        GrpcUnderTest started = server;
        if (started == null) {
            started = GrpcUnderTest.start(root, "grpc://127.0.0.1:0", "host replication all 127.0.0.1/32 trust\n");
            server = started;
        }
        return started;
    }

    @Override
    public void close() {
        GrpcUnderTest started = server;
        if (started != null) {
            started.close();
        }
    }
}
