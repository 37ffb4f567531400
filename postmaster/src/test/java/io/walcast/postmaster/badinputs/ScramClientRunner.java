// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.walcast.core.error.WalException;
import io.walcast.ipc.Latch;
import io.walcast.testkit.TestCertificates;
import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.ScriptedPrimary;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransports;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** What servers send in place of what SCRAM asks of them, or before it. */
final class ScramClientRunner implements BadInputRunner {
    private static final String FILE_NONCE = "fyko+d2lbbFgONRv9qkxdawL";
    private static final int HEADER_BYTES = 5;
    private static final int SASL = 10;
    private static final int CONTINUE = 11;
    private static final int FINAL = 12;
    private static final int MECHANISMS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;

    ScramClientRunner(Path directory) {
        this.directory = directory.resolve("scram-client");
    }

    static boolean isAboutClients(BadInput input) {
        return input.kind().equals("scram") && input.isAbout("[client]");
    }

    @Override
    public boolean applies(BadInput input) {
        return isAboutClients(input);
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        SSLContext tls = input.isAbout("certificate") ? tls() : null;
        try (ScriptedPrimary primary = ScriptedPrimary.start(session -> {
            if (tls != null) {
                session.readStartup();
                session.startTls(tls);
            }
            session.readStartup();
            send(input, session);
            session.startReading();
            session.awaitEnd();
        })) {
            String conninfo = primary.conninfo("password=pencil " + demands(input));
            ConnectOptions options = ConnectOptions.of(conninfo, new Latch())
                    .withEnvironment(Map.of())
                    .withPolicy(input.isAbout("asks ", "weak") ? Policy.STRICT : Policy.LIBPQ)
                    .withTimeout(PATIENCE);
            try (WalReceiverConnection connection =
                    WalReceiverTransports.load().forConninfo(conninfo).connect(options)) {
                return Answer.accepted("connected to " + connection.senderInfo().host());
            } catch (WalException e) {
                return Answer.ended(e);
            }
        }
    }

    private static String demands(BadInput input) {
        if (input.isAbout("after s ")) {
            return "sslmode=require";
        }
        if (input.isAbout("certificate")) {
            return "sslmode=require channel_binding=require";
        }
        return "sslmode=disable" + (input.isAbout("require_auth") ? " require_auth=scram-sha-256" : "");
    }

    /** Sends the bytes in their place, in an exchange that is right before them. */
    private static void send(BadInput input, PrimarySession session) throws IOException {
        byte[] bytes = input.isAbout("10,000 mechanisms") ? mechanisms() : input.bytes();
        int request = bytes.length > HEADER_BYTES + 3 && bytes[0] == 'R'
                ? ByteBuffer.wrap(bytes).getInt(HEADER_BYTES)
                : 0;
        boolean last = request == FINAL || input.isAbout("server-final");
        if (request != CONTINUE && !last) {
            session.sendRaw(bytes);
            return;
        }
        session.sendAuthentication(SASL, "SCRAM-SHA-256\0\0".getBytes(ISO_8859_1));
        String initial = ISO_8859_1.decode(session.readTagged().body()).toString();
        String nonce = initial.substring(initial.indexOf("r=") + 2);
        if (last) {
            String first = "r=%sx,s=QSXCR+Q6sek8bf92,i=4096".formatted(nonce);
            session.sendAuthentication(CONTINUE, first.getBytes(ISO_8859_1));
            session.readTagged();
            session.sendRaw(bytes);
        } else {
            session.sendRaw(withNonce(bytes, nonce));
        }
    }

    /** In the file the client's nonce is that of an example. */
    private static byte[] withNonce(byte[] message, String nonce) {
        String text = new String(message, HEADER_BYTES, message.length - HEADER_BYTES, ISO_8859_1);
        byte[] body = text.replace(FILE_NONCE, nonce).getBytes(ISO_8859_1);
        return framed(message[0], body);
    }

    private static byte[] mechanisms() {
        byte[] names = "X\0".repeat(MECHANISMS).getBytes(ISO_8859_1);
        return framed(
                (byte) 'R',
                ByteBuffer.allocate(Integer.BYTES + names.length + 1)
                        .putInt(SASL)
                        .put(names)
                        .array());
    }

    private static byte[] framed(byte tag, byte[] body) {
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .put(tag)
                .putInt(Integer.BYTES + body.length)
                .put(body)
                .array();
    }

    private SSLContext tls() throws IOException, GeneralSecurityException {
        TestCertificates certificates = new TestCertificates(Files.createDirectories(directory));
        certificates.selfSigned("server", "-keyalg", "Ed25519");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "server",
                certificates.privateKey("server"),
                new char[0],
                certificates.chain("server").toArray(new Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, new SecureRandom());
        return context;
    }
}
