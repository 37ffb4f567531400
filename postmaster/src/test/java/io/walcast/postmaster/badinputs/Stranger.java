// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A connection to a server by somebody who may send anything. One owner thread. */
final class Stranger implements AutoCloseable {
    private static final int PATIENCE_MS = 20_000;
    private static final int V3_0 = 3 << 16;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private Stranger(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MS);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    static Stranger connect(InetSocketAddress server) throws IOException {
        return new Stranger(new Socket(server.getAddress(), server.getPort()));
    }

    /** Connects with TLS from the first byte on, and believes any certificate. */
    static Stranger connectEncrypted(InetSocketAddress server) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(server.getAddress(), server.getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"postgresql"});
        socket.setSSLParameters(parameters);
        return new Stranger(socket);
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** What came: {@code type} 0 is the end of the connection. */
    record Message(char type, ByteBuffer body) {

        /** Returns the number of an authentication request, or -1. */
        int request() {
            return type == 'R' ? body.getInt(0) : -1;
        }

        /** Returns a field of an error, empty if there is none. */
        String field(char code) {
            ByteBuffer rest = body.duplicate();
            while (rest.remaining() > 1) {
                byte at = rest.get();
                String value = string(rest);
                if (at == code) {
                    return value;
                }
            }
            return "";
        }

        private static String string(ByteBuffer from) {
            int start = from.position();
            while (from.get() != 0) {}
            byte[] bytes = new byte[from.position() - 1 - start];
            from.get(start, bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        String text() {
            return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
        }
    }

    /** Sends bytes; a server that does not want them any more is no failure. */
    void send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            return;
        }
    }

    void startup(String user) {
        byte[] body = ("user\0" + user + "\0replication\0true\0\0").getBytes(StandardCharsets.UTF_8);
        send(ByteBuffer.allocate(8 + body.length)
                .putInt(8 + body.length)
                .putInt(V3_0)
                .put(body)
                .array());
    }

    /** Sends a message with the right length. */
    void message(char type, byte[] body) {
        send(ByteBuffer.allocate(5 + body.length)
                .put((byte) type)
                .putInt(4 + body.length)
                .put(body)
                .array());
    }

    void shutOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Returns the next byte, -1 at the end. */
    int readByte() throws IOException {
        return in.read();
    }

    Message read() throws IOException {
        try {
            char type = (char) in.readUnsignedByte();
            byte[] body = new byte[in.readInt() - Integer.BYTES];
            in.readFully(body);
            return new Message(type, ByteBuffer.wrap(body));
        } catch (EOFException | SocketException e) {
            return new Message((char) 0, ByteBuffer.allocate(0));
        }
    }

    /** Returns the next message that is none of the usual ones after a login, or null if the server only waits. */
    @Nullable
    Message readUnlessQuiet(int quietMs) throws IOException {
        socket.setSoTimeout(quietMs);
        try {
            return read();
        } catch (SocketTimeoutException e) {
            return null;
        } finally {
            socket.setSoTimeout(PATIENCE_MS);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
