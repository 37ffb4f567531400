// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.auth.AuthMethod;
import io.walcast.postmaster.badinputs.Stranger.Message;
import io.walcast.transport.ListenOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What clients send in place of a SCRAM message, over a real socket, with TLS where the case is about channel binding. */
final class ScramServerRunner implements BadInputRunner {
    private static final String CLIENT_NONCE = "fyko+d2lbbgONRv9qkxdawL";
    private static final int CONTINUE = 11;
    private static final int HEADER_BYTES = 5;
    private static final int QUIET_MS = 300;

    private final Path directory;
    private ListenOptions.@Nullable Tls tls;

    ScramServerRunner(Path directory) {
        this.directory = directory;
    }

    @Override
    public boolean applies(BadInput input) {
        return input.kind().equals("scram") && !ScramClientRunner.isAboutClients(input);
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        boolean encrypted = input.isAbout("offers plus", "tls-unique", "certificate hash");
        boolean loggedIn = input.isAbout("after success");
        AuthMethod method = loggedIn ? AuthMethod.TRUST : AuthMethod.SCRAM_SHA_256;
        try (ServerUnderTest server = ServerUnderTest.start(method, encrypted ? tls() : null)) {
            if (input.isAbout("failed logins")) {
                return failedLogins(server);
            }
            String user = input.isAbout("unknown user") ? "nobody" : "rep";
            Answer answer = attempt(input, server, user, encrypted);
            if (server.log().stream().anyMatch(line -> line.text().contains("secret"))) {
                return new Answer("logged a secret", "", "");
            }
            return answer;
        }
    }

    private ListenOptions.Tls tls() throws IOException {
        ListenOptions.Tls made = tls;
        if (made == null) {
            made = SelfSigned.make(directory);
            tls = made;
        }
        return made;
    }

    private static Answer attempt(BadInput input, ServerUnderTest server, String user, boolean encrypted)
            throws Exception {
        try (Stranger stranger =
                encrypted ? Stranger.connectEncrypted(server.address()) : Stranger.connect(server.address())) {
            stranger.startup(user);
            awaitTurn(stranger, input.isAbout("after success"));
            byte[] bytes = input.bytes();
            if (isFinal(input)) {
                bytes = withNonce(bytes, serverNonce(stranger, encrypted));
            }
            stranger.send(bytes);
            Message message = stranger.readUnlessQuiet(2 * (int) ServerUnderTest.DEADLINE.toMillis() + QUIET_MS);
            if (message == null) {
                return new Answer("nothing", "", "");
            }
            return message.type() == 0 ? StartupRunner.closed(input, server) : judge(message, stranger, user);
        }
    }

    private static Answer judge(Message message, Stranger stranger, String user) throws IOException {
        if (message.type() == 'E') {
            Answer error = StartupRunner.error(message, stranger);
            boolean alike = error.message().equals("password authentication failed for user \"%s\"".formatted(user));
            return alike ? new Answer(error.action(), error.sqlState(), error.message() + " (same text, mock)") : error;
        }
        if (message.request() == CONTINUE) {
            return new Answer("ask for client-first (R11)", "", "as the protocol allows");
        }
        return new Answer("unexpected " + message, "", "");
    }

    private static void awaitTurn(Stranger stranger, boolean loggedIn) throws IOException {
        Message message;
        do {
            message = stranger.read();
            if (message.type() == 0 || message.type() == 'E') {
                throw new IOException("no turn: " + message.field('M'));
            }
        } while (loggedIn ? message.type() != 'Z' : message.request() <= 0);
    }

    private static boolean isFinal(BadInput input) {
        return input.isAbout("client-final", "wrong proof");
    }

    /** Sends a client-first as it should be, returns the nonce of both. */
    private static String serverNonce(Stranger stranger, boolean encrypted) throws IOException {
        String mechanism = encrypted ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256";
        String first = (encrypted ? "p=tls-server-end-point,," : "n,,") + "n=,r=" + CLIENT_NONCE;
        byte[] name = (mechanism + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] text = first.getBytes(StandardCharsets.UTF_8);
        stranger.message(
                'p',
                ByteBuffer.allocate(name.length + Integer.BYTES + text.length)
                        .put(name)
                        .putInt(text.length)
                        .put(text)
                        .array());
        Message answer = stranger.read();
        String serverFirst = answer.text();
        int at = serverFirst.indexOf("r=");
        return serverFirst.substring(at + 2, serverFirst.indexOf(',', at));
    }

    /** In the file the nonce of both is written {@code N}. */
    private static byte[] withNonce(byte[] message, String nonce) {
        String text = new String(message, HEADER_BYTES, message.length - HEADER_BYTES, StandardCharsets.ISO_8859_1);
        byte[] body = text.replaceFirst(",r=N(?=,|$)", ",r=" + java.util.regex.Matcher.quoteReplacement(nonce))
                .getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .put(message[0])
                .putInt(Integer.BYTES + body.length)
                .put(body)
                .array();
    }

    /** A few of them tell how the waiting grows; the address is forgiven by the end of the listener. */
    private static Answer failedLogins(ServerUnderTest server) throws IOException {
        List<Long> delaysMs = new ArrayList<>();
        Answer last = new Answer("none", "", "");
        for (int i = 0; i < 4; i++) {
            try (Stranger stranger = Stranger.connect(server.address())) {
                stranger.startup("rep");
                awaitTurn(stranger, false);
                String nonce = serverNonce(stranger, false);
                String proof = "c=biws,r=" + nonce + ",p=QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";
                long beforeNs = System.nanoTime();
                stranger.message('p', proof.getBytes(StandardCharsets.UTF_8));
                last = StartupRunner.error(stranger.read(), stranger);
                delaysMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beforeNs));
            }
        }
        boolean grows = delaysMs.get(3) >= 800 && delaysMs.get(3) > delaysMs.get(0);
        return new Answer(
                last.action(), last.sqlState(), (grows ? "the delay grows at each try: " : "no delay: ") + delaysMs);
    }
}
