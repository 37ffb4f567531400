// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.CanceledException;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tries the hosts in turn until one will do. Used by one thread, the owner to be.
 *
 * <p>The next one is tried when one cannot be reached or trusted, does not answer in time, or says that it cannot take
 * connections now. Any other refusal ends it all: another server would not be shown a secret because the first one did not
 * like it.
 */
final class Connector {
    /** Where the next connection with {@code load_balance=round_robin} begins. */
    private static final AtomicInteger TURN = new AtomicInteger();

    private final ConnectSettings settings;
    private final Deadline overall;
    private final ConnectAttempt attempt;
    private final Passwords passwords;
    private final List<String> failures = new ArrayList<>();
    private @Nullable WalException last;

    private Connector(ConnectOptions options, ConnectSettings settings) {
        this.settings = settings;
        this.overall = Deadline.after(options.timeout());
        this.attempt = new ConnectAttempt(options, settings);
        this.passwords = new Passwords(settings, options.passwordPrompt());
    }

    static GrpcConnection connect(ConnectOptions options) {
        options.cancellation().check("connect");
        return new Connector(options, ConnectSettings.of(options)).establish();
    }

    private GrpcConnection establish() {
        List<GrpcHost> hosts = settings.hosts();
        int first = settings.roundRobin() ? Math.floorMod(TURN.getAndIncrement(), hosts.size()) : 0;
        for (int i = 0; i < hosts.size(); i++) {
            GrpcConnection connection = tryHost(hosts.get((first + i) % hosts.size()));
            if (connection != null) {
                return connection;
            }
        }
        throw failure();
    }

    private @Nullable GrpcConnection tryHost(GrpcHost host) {
        Deadline deadline = overall.earlier(Deadline.after(settings.connectTimeout()));
        Secret secret = passwords.known(host);
        try {
            return attempt.run(host, secret, deadline);
        } catch (CanceledException | ConfigurationException e) {
            throw e;
        } catch (WalException e) {
            Secret other = secret == null && asksForSecret(e) ? passwords.ask() : null;
            return other == null ? failed(host, e, deadline) : tryAgain(host, other);
        }
    }

    /** The person took time to answer, which is not the server's. */
    private @Nullable GrpcConnection tryAgain(GrpcHost host, Secret secret) {
        Deadline deadline = overall.earlier(Deadline.after(settings.connectTimeout()));
        try {
            return attempt.run(host, secret, deadline);
        } catch (CanceledException | ConfigurationException e) {
            throw e;
        } catch (WalException e) {
            return failed(host, e, deadline);
        }
    }

    private static boolean asksForSecret(WalException e) {
        return e.sqlState().equals(SqlState.INVALID_PASSWORD)
                || (e instanceof ConnectionException && e.sqlState().equals(SqlState.INVALID_AUTHORIZATION));
    }

    /** Returns null if another host may be tried. */
    private @Nullable GrpcConnection failed(GrpcHost host, WalException e, Deadline deadline) {
        WalException explained = e instanceof ServerErrorException error ? passwords.explain(error) : e;
        failures.add("connection to server at \"%s\", port %d failed: %s"
                .formatted(host.name(), host.port(), text(explained)));
        last = explained;
        boolean isAway = e instanceof ConnectionException && e.sqlState().isClass("08");
        boolean mayTryNext = isAway || deadline.hasPassed() || e.sqlState().equals(SqlState.CANNOT_CONNECT_NOW);
        if (!mayTryNext || overall.hasPassed()) {
            throw failure();
        }
        return null;
    }

    /** What a server said is shown with its severity, as libpq does. */
    private static String text(WalException e) {
        if (!(e instanceof ServerErrorException error)) {
            return String.valueOf(e.getMessage());
        }
        ErrorFields fields = error.fields();
        StringBuilder text = new StringBuilder(fields.severity() + ":  " + error.getMessage());
        if (fields.detail() != null) {
            text.append("\nDETAIL:  ").append(fields.detail());
        }
        if (fields.hint() != null) {
            text.append("\nHINT:  ").append(fields.hint());
        }
        return text.toString();
    }

    /** Returns the last failure's kind with everybody's words. */
    private WalException failure() {
        String text = String.join("\n", failures);
        WalException e = last;
        if (e instanceof ServerErrorException error) {
            return new ServerErrorException(error.fields(), text);
        }
        if (e instanceof ProtocolViolationException) {
            return new ProtocolViolationException(e.sqlState(), text);
        }
        if (e == null || e.sqlState().equals(SqlState.CONNECTION_FAILURE)) {
            return new ConnectionException(SqlState.CANNOT_CONNECT, e == null ? Retry.BACKOFF : e.retry(), text, e);
        }
        return new ConnectionException(e.sqlState(), e.retry(), text, e);
    }
}
