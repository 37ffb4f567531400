// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.testkit.net.StandbyStatus;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link ScriptedPrimary}, as its script sees it.
 *
 * <p>Usually a script begins with {@link #acceptStartup}. One that wants to be hostile earlier reads and sends by itself,
 * and calls {@link #completeStartup} when it is done, or never. Until then nothing is read that the script does not read;
 * afterwards all is, at once, into {@link #messages}.
 *
 * <p>Waiting calls consume messages in their order and skip what they do not look for. They throw {@link ScriptFailure}
 * after 10 seconds (or {@link #setTimeout another time}) and {@link ClientGoneException} when the client has ended the connection.
 *
 * <p>Threading: sending and waiting is for the script's thread; what was received may be looked at from any.
 */
public final class PrimarySession {
    /** What {@link #acceptStartup} reports of the server. */
    public static final Map<String, String> PARAMETERS = Map.of(
            "server_version", "18.6",
            "server_encoding", "UTF8",
            "client_encoding", "UTF8",
            "integer_datetimes", "on",
            "standard_conforming_strings", "on",
            "DateStyle", "ISO, MDY",
            "TimeZone", "UTC",
            "in_hot_standby", "off");

    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int MAX_STARTUP_BYTES = 10_000;

    /** As much as a walsender sends in one message. */
    private static final int MAX_WAL_BYTES = 128 * 1024;

    private final int number;
    private final Inbox inbox = new Inbox();
    private final List<StartupMessage> startups = new CopyOnWriteArrayList<>();

    private final Socket plainSocket;

    // Replaced by the script's thread when TLS begins, used by the one that closes.
    private volatile Socket socket;
    private boolean isReading;
    private boolean clientCopyDone;
    private Lsn lastServerEnd = Lsn.INVALID;
    private Duration timeout = Duration.ofSeconds(10);

    PrimarySession(int number, Socket socket) {
        this.number = number;
        this.socket = socket;
        plainSocket = socket;
    }

    /** Returns the number of the connection; the first is 0. */
    public int number() {
        return number;
    }

    /** Sets how long each waiting call waits. */
    public void setTimeout(Duration limit) {
        timeout = limit;
    }

    // ---- the start

    /**
     * Does the whole start: declines encryption, reads the startup message, trusts the client, and reports {@link
     * #PARAMETERS}.
     */
    public StartupMessage acceptStartup() throws IOException {
        return acceptStartup(Map.of());
    }

    /** As {@link #acceptStartup()}, with these parameters over {@link #PARAMETERS}. */
    public StartupMessage acceptStartup(Map<String, String> parameters) throws IOException {
        StartupMessage startup = declineEncryption();
        sendAuthenticationOk();
        Map<String, String> all = new LinkedHashMap<>(PARAMETERS);
        all.putAll(parameters);
        completeStartup(all);
        return startup;
    }

    /** Reads the startup message, after declining encryption as often as it is asked for. */
    public StartupMessage declineEncryption() throws IOException {
        StartupMessage message = readStartup();
        while (message.asksForEncryption()) {
            sendRaw(new byte[] {'N'});
            message = readStartup();
        }
        if (message.code() == StartupMessage.CANCEL_REQUEST) {
            throw new ClientGoneException();
        }
        return message;
    }

    /** Reads one message of the start, whatever it is. */
    public StartupMessage readStartup() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int length = in.readInt();
        if (length < 2 * Integer.BYTES || length > MAX_STARTUP_BYTES) {
            throw new ScriptFailure("startup message of %d bytes".formatted(length));
        }
        int code = in.readInt();
        byte[] body = new byte[length - 2 * Integer.BYTES];
        in.readFully(body);
        StartupMessage message = new StartupMessage(code, ByteBuffer.wrap(body).asReadOnlyBuffer());
        startups.add(message);
        return message;
    }

    /** Accepts a request for TLS, which was read, and makes the handshake. */
    public void startTls(SSLContext context) throws IOException {
        sendRaw(new byte[] {'S'});
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
        secured.setUseClientMode(false);
        secured.startHandshake();
        socket = secured;
    }

    /** Reads one message with a tag before {@link #completeStartup}: an answer to a request for authentication. */
    public ClientMessage readTagged() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        char tag = (char) in.readUnsignedByte();
        int length = in.readInt() - Integer.BYTES;
        if (length < 0 || length > MAX_STARTUP_BYTES) {
            throw new ScriptFailure("message '%c' of %d bytes".formatted(tag, length));
        }
        byte[] body = new byte[length];
        in.readFully(body);
        return new ClientMessage(tag, ByteBuffer.wrap(body).asReadOnlyBuffer(), System.nanoTime());
    }

    /** Sends AuthenticationOk. */
    public void sendAuthenticationOk() throws IOException {
        sendAuthentication(0, new byte[0]);
    }

    /** Sends a request for authentication. */
    public void sendAuthentication(int code, byte[] rest) throws IOException {
        sendRaw(ServerMessages.authentication(code, rest));
    }

    /** Sends the server's parameters, the key of this connection and ReadyForQuery; reads all that comes from now on. */
    public void completeStartup(Map<String, String> parameters) throws IOException {
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            sendRaw(ServerMessages.parameterStatus(parameter.getKey(), parameter.getValue()));
        }
        sendRaw(ServerMessages.backendKeyData(1000 + number, 42));
        sendReadyForQuery();
        startReading();
    }

    /** Reads all that comes from now on, in the background. */
    public void startReading() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        isReading = true;
        ScriptedPrimary.start(() -> inbox.fillFrom(in), "walcast-primary-reader-" + number);
    }

    /** Stops reading after the message that comes next, or starts again. */
    public void pauseReading(boolean paused) {
        inbox.setPaused(paused);
    }

    // ---- commands

    /**
     * Waits for the next query and returns it.
     *
     * @throws ScriptFailure if it does not match {@code regex} from its beginning
     */
    public String expectQuery(String regex) {
        String query = awaitQuery();
        if (!Pattern.compile(regex).matcher(query).lookingAt()) {
            throw new ScriptFailure("query: '" + query + "' (expected: " + regex + ")");
        }
        return query;
    }

    /** Waits for the next query and returns it. */
    public String awaitQuery() {
        return awaitMessage("a query", message -> message.tag() == 'Q').text();
    }

    /** Answers a query with rows, CommandComplete and ReadyForQuery. */
    public void sendRows(Rows rows, String commandTag) throws IOException {
        sendResultSet(rows);
        sendCommandComplete(commandTag);
        sendReadyForQuery();
    }

    /** Sends RowDescription and the rows, and no end. */
    public void sendResultSet(Rows rows) throws IOException {
        sendRaw(ServerMessages.rowDescription(rows));
        for (List<@Nullable String> row : rows.rows()) {
            sendRaw(ServerMessages.dataRow(row));
        }
    }

    /** Answers a query with an error and ReadyForQuery. */
    public void sendError(String sqlState, String message) throws IOException {
        sendRaw(ServerMessages.error("ERROR", sqlState, message));
        sendReadyForQuery();
    }

    /** Sends an error that ends the session; closing it is left to the script's end. */
    public void sendFatal(String sqlState, String message) throws IOException {
        sendRaw(ServerMessages.error("FATAL", sqlState, message));
    }

    /** Sends CommandComplete. */
    public void sendCommandComplete(String tag) throws IOException {
        sendRaw(ServerMessages.commandComplete(tag));
    }

    /** Sends ReadyForQuery. */
    public void sendReadyForQuery() throws IOException {
        sendRaw(ServerMessages.readyForQuery());
    }

    // ---- streaming

    /** Sends CopyBothResponse, which begins a stream. */
    public void sendCopyBoth() throws IOException {
        clientCopyDone = false;
        sendRaw(ServerMessages.copyBoth());
    }

    /** Sends WAL, in messages of at most 128 kB; the last byte sent is the end of WAL on the server. */
    public void sendXLogData(Lsn start, byte[] wal) throws IOException {
        sendXLogData(start, start.plus(wal.length), wal);
    }

    /** Sends WAL, in messages of at most 128 kB. */
    public void sendXLogData(Lsn start, Lsn serverEnd, byte[] wal) throws IOException {
        lastServerEnd = serverEnd;
        for (int offset = 0; offset < wal.length; offset += MAX_WAL_BYTES) {
            int length = Math.min(MAX_WAL_BYTES, wal.length - offset);
            sendRaw(ServerMessages.xLogData(start.plus(offset), serverEnd, wal, offset, length));
        }
    }

    /** Sends a keepalive. */
    public void sendKeepalive(Lsn serverEnd, boolean replyRequested) throws IOException {
        lastServerEnd = serverEnd;
        sendRaw(ServerMessages.keepalive(serverEnd, replyRequested));
    }

    /** Returns the end of WAL on the server as it was last told. */
    Lsn lastServerEnd() {
        return lastServerEnd;
    }

    /** Sends CopyData with any body. */
    public void sendCopyData(byte[] body) throws IOException {
        sendRaw(ServerMessages.copyData(body));
    }

    /** Sends CopyDone. */
    public void sendCopyDone() throws IOException {
        sendRaw(ServerMessages.copyDone());
    }

    /** Ends a stream that the client has ended, as a walsender does. */
    public void endStreaming() throws IOException {
        sendCopyDone();
        sendCommandComplete("START_STREAMING");
        sendCommandComplete("START_REPLICATION");
        sendReadyForQuery();
    }

    /** Ends a stream because the timeline ends, once the client agrees; tells it where the next one begins. */
    public void endTimeline(TimelineId next, Lsn switchPoint) throws IOException {
        sendCopyDone();
        awaitCopyDone();
        sendResultSet(Rows.of("next_tli", "next_tli_startpos")
                .withTypes(Rows.INT8, Rows.TEXT)
                .row(next.toString(), switchPoint.toString()));
        sendCommandComplete("START_STREAMING");
        sendCommandComplete("START_REPLICATION");
        sendReadyForQuery();
    }

    /** Ends a stream as a server does that shuts down: without CopyDone. */
    public void shutDown() throws IOException {
        sendCommandComplete("COPY 0");
        close();
    }

    /** Sends any bytes. */
    public void sendRaw(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    // ---- waiting

    /** Waits for a status update that {@code condition} takes. */
    public StandbyStatus awaitStatus(Predicate<StandbyStatus> condition) {
        ClientMessage message = awaitMessage(
                "a status update",
                candidate -> candidate.status().filter(condition).isPresent());
        return message.status().orElseThrow();
    }

    /** Waits for the client's CopyDone; returns at once if it has come since the stream began. */
    public void awaitCopyDone() {
        if (!clientCopyDone) {
            awaitMessage("CopyDone", message -> message.tag() == 'c');
        }
    }

    /** Waits for a message that {@code condition} takes; {@code what} names it in the failure. */
    public ClientMessage awaitMessage(String what, Predicate<ClientMessage> condition) {
        ClientMessage message = nextMessage(what);
        while (!condition.test(message)) {
            message = nextMessage(what);
        }
        return message;
    }

    /** Waits for the next message, whatever it is; {@code what} names it in the failure. */
    public ClientMessage nextMessage(String what) {
        ClientMessage message = inbox.next(timeout, what);
        clientCopyDone |= message.tag() == 'c';
        return message;
    }

    /** Waits until the client has ended the connection. */
    public void awaitEnd() {
        inbox.awaitEnd(timeout);
    }

    // ---- the end

    /**
     * Ends the connection in order: what was sent arrives. For that the client gets a second to end it too; closing while
     * it still sends would be a reset.
     */
    public void close() throws IOException {
        if (!socket.isClosed()) {
            socket.shutdownOutput();
            drain();
            socket.close();
        }
    }

    private void drain() {
        if (isReading) {
            inbox.lingerUntilEnd(LINGER);
            return;
        }
        try {
            socket.setSoTimeout((int) LINGER.toMillis());
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The client stays, or is gone already.
        }
    }

    /** Ends the connection from any thread, whatever the script does. */
    void abandon() throws IOException {
        plainSocket.close();
    }

    /** Ends the connection at once: the client sees a reset. */
    public void reset() throws IOException {
        plainSocket.setSoLinger(true, 0);
        plainSocket.close();
    }

    // ---- what was received

    /** Returns all messages of the start. */
    public List<StartupMessage> startups() {
        return List.copyOf(startups);
    }

    /** Returns all messages after the start. */
    public List<ClientMessage> messages() {
        return inbox.all();
    }

    /** Returns all queries. */
    public List<String> queries() {
        return messages().stream()
                .filter(message -> message.tag() == 'Q')
                .map(ClientMessage::text)
                .toList();
    }

    /** Returns all status updates. */
    public List<StandbyStatus> statuses() {
        return messages().stream()
                .map(ClientMessage::status)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns whether the client has ended the connection, or the script. */
    public boolean isEnded() {
        return inbox.isEnded() || plainSocket.isClosed();
    }
}
