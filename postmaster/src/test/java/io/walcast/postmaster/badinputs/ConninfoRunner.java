// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.WalException;
import io.walcast.ipc.Latch;
import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.ScriptedPrimary;
import io.walcast.testkit.primary.StartupMessage;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalReceiverTransports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Connection strings. One that names no server is tried with one that takes anybody, and TLS if it is wanted; one that names a
 * server that there is not is only looked at, so that nobody is asked for its address.
 */
final class ConninfoRunner implements BadInputRunner {
    private static final String REFUSED = "reject config";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern PORT = Pattern.compile("host=a port=(\\d{1,10})");
    private static final Pattern NAME = Pattern.compile("(?:^|\\s)host\\s*=?\\s*[^/@\\s]");
    private static final Pattern MODE = Pattern.compile("mode 0([0-7])([0-7])([0-7])");
    private static final int MAX_PORT = 65535;

    /** What must never be in a message, wherever it was written. */
    private static final List<String> SECRETS = List.of("hunter2", "it's");

    private final WalReceiverTransport transport = WalReceiverTransports.load().byName("libpq");
    private final Path directory;

    ConninfoRunner(Path directory) {
        this.directory = directory.resolve("conninfo");
    }

    @Override
    public boolean applies(BadInput input) {
        return input.kind().equals("conninfo");
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        String conninfo = new String(input.bytes(), StandardCharsets.UTF_8);
        Answer answer = isElsewhere(conninfo) ? look(conninfo) : connect(input, conninfo);
        for (String secret : SECRETS) {
            if (answer.message().contains(secret)) {
                return new Answer("showed a secret", "", answer.message());
            }
        }
        return input.wants("accept 1..65535 else") ? byRule(input, conninfo, answer) : answer;
    }

    private static boolean isElsewhere(String conninfo) {
        return conninfo.startsWith("postgres") || NAME.matcher(conninfo).find();
    }

    private Answer look(String conninfo) {
        try {
            transport.checkConninfo(conninfo);
            return Answer.accepted("");
        } catch (ConfigurationException e) {
            return Answer.of(REFUSED, e);
        }
    }

    /** A rule instead of an answer: what was answered is told in its words if it follows it. */
    private static Answer byRule(BadInput input, String conninfo, Answer answer) {
        Matcher port = PORT.matcher(conninfo);
        boolean isPort = port.matches() && portOf(port) >= 1 && portOf(port) <= MAX_PORT;
        return !isPort && answer.action().equals(REFUSED)
                ? new Answer(input.action(), answer.sqlState(), answer.message())
                : answer.action().equals("accept") && !isPort ? new Answer("accepted no port", "", "") : answer;
    }

    private static long portOf(Matcher port) {
        return Long.parseLong(port.group(1));
    }

    private Answer connect(BadInput input, String conninfo) throws IOException {
        Files.createDirectories(directory);
        try (ScriptedPrimary primary = ScriptedPrimary.start(ConninfoRunner::takeAnybody)) {
            boolean elsewhere = input.isAbout("production mode");
            String surrounded = elsewhere
                    ? "host=db.example.org " + conninfo
                    : primary.conninfo(certificateFor(conninfo) + withKey(input, conninfo));
            ConnectOptions options = ConnectOptions.of(surrounded, new Latch())
                    .withEnvironment(Map.of("HOME", directory.toString(), "PGSERVICEFILE", serviceFile()))
                    .withPolicy(elsewhere ? Policy.STRICT : Policy.LIBPQ)
                    .withTimeout(PATIENCE);
            try (WalReceiverConnection connection = transport.connect(options)) {
                Map<String, String> told =
                        primary.sessions().get(0).startups().get(0).parameters();
                return Answer.accepted(
                        "passed on to %s: %s".formatted(connection.senderInfo().host(), told));
            } catch (ConfigurationException e) {
                return Answer.of(REFUSED, e);
            } catch (WalException e) {
                return Answer.of("accept; connect fails", e);
            }
        }
    }

    private static void takeAnybody(PrimarySession session) throws IOException {
        StartupMessage startup = session.readStartup();
        if (startup.asksForEncryption()) {
            session.sendRaw(new byte[] {'S'});
            session.close();
        } else {
            session.sendAuthenticationOk();
            session.completeStartup(PrimarySession.PARAMETERS);
            session.awaitEnd();
        }
    }

    /** TLS is not asked for but where the case is about it. */
    private String certificateFor(String conninfo) throws IOException {
        if (!conninfo.startsWith("sslkey=")) {
            return conninfo.contains("sslmode=") || conninfo.startsWith("ssl") ? "" : "sslmode=disable ";
        }
        ListenOptions.Tls own = SelfSigned.make(directory);
        return "sslmode=require sslcert=%s ".formatted(own.certificate());
    }

    /** The file that the case is about is made here, and named in its place. */
    private String withKey(BadInput input, String conninfo) throws IOException {
        Matcher mode = MODE.matcher(input.name());
        if (!conninfo.startsWith("sslkey=") || !mode.find()) {
            return conninfo;
        }
        Path key = directory.resolve("server.key");
        StringBuilder permissions = new StringBuilder();
        for (int i = 1; i <= mode.groupCount(); i++) {
            int bits = Integer.parseInt(mode.group(i));
            permissions.append((bits & 4) == 0 ? '-' : 'r').append((bits & 2) == 0 ? '-' : 'w');
            permissions.append((bits & 1) == 0 ? '-' : 'x');
        }
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions.toString()));
        return "sslkey=" + key;
    }

    private String serviceFile() throws IOException {
        return Files.writeString(directory.resolve("services"), "[a]\nservice=a\n")
                .toString();
    }
}
