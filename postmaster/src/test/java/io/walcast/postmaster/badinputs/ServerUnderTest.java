// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.auth.ScramVerifier;
import io.walcast.guc.Settings;
import io.walcast.ipc.Clock;
import io.walcast.testkit.service.ScriptedService;
import io.walcast.transport.CancelKey;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.WalSenderTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** PostgreSQL's protocol on a port of the loopback, by the rules of one method, and what is logged meanwhile. */
final class ServerUnderTest implements ReplicationService, AccessRules, AutoCloseable {
    static final String PASSWORD = "CANARY-7f3a";
    static final Duration DEADLINE = Duration.ofSeconds(1);

    private static final String LOGGERS = "io.walcast";

    private final ScriptedService sessions = new ScriptedService();
    private final AuthMethod method;
    private final Listener listener;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LOGGERS);
    private final @Nullable Level levelBefore = logger.getLevel();

    private ServerUnderTest(AuthMethod method, ListenOptions.@Nullable Tls tls) {
        this.method = method;
        log.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(log);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Limits limits = new Limits(DEADLINE, 64, 64, 100, 1 << 20, 16 << 10);
        listener = transport().listen(new ListenOptions("", address, tls, limits, Clock.system(), Map.of()), this);
    }

    static ServerUnderTest start(AuthMethod method, ListenOptions.@Nullable Tls tls) {
        return new ServerUnderTest(method, tls);
    }

    private static WalSenderTransport transport() {
        return ServiceLoader.load(WalSenderTransport.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("libpq"))
                .findFirst()
                .orElseThrow();
    }

    InetSocketAddress address() {
        return listener.address();
    }

    /** A line of the log. */
    record Line(String text, String sqlState) {}

    /** Returns what was logged, nothing of it from a session. */
    List<Line> log() {
        return List.copyOf(log.list).stream()
                .map(event -> new Line(event.getFormattedMessage(), sqlState(event)))
                .toList();
    }

    private static String sqlState(ILoggingEvent event) {
        return event.getKeyValuePairs() == null
                ? ""
                : event.getKeyValuePairs().stream()
                        .filter(pair -> pair.key.equals("sqlState"))
                        .map(pair -> String.valueOf(pair.value))
                        .findFirst()
                        .orElse("");
    }

    @Override
    public AccessRules access() {
        return this;
    }

    @Override
    public int serverMajor() {
        return sessions.serverMajor();
    }

    /** Refuses settings that there are not, as a walsender does. */
    @Override
    public ReplicationSession open(SessionRequest request, SessionPeer peer) {
        Settings.DEFAULTS.withOverrides(request.parameters());
        return sessions.open(request, peer);
    }

    @Override
    public void cancel(int pid, CancelKey key) {
        sessions.cancel(pid, key);
    }

    @Override
    public AccessDecision decide(AccessRequest request) {
        return new AccessDecision(method, ClientCertificate.NOT_NEEDED, null, false, true);
    }

    @Override
    public ScramVerifier verifier(String user) {
        byte[] salt = "sixteen bytes of".getBytes(StandardCharsets.US_ASCII);
        ScramVerifier known = ScramVerifier.derive(PASSWORD.toCharArray(), salt, 4096);
        return new ScramVerifier(4096, salt, known.storedKey(), known.serverKey(), user.equals("rep"));
    }

    @Override
    public boolean mayReplicate(String user) {
        return true;
    }

    @Override
    public boolean certificateFits(
            AccessDecision decision, String user, @Nullable String commonName, String distinguishedName) {
        return false;
    }

    @Override
    public void close() {
        listener.close();
        logger.detachAppender(log);
        logger.setLevel(levelBefore);
    }
}
