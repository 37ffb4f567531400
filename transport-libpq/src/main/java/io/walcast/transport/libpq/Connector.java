// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.channel.epoll.Epoll;
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
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.client.Deadline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tries servers, addresses and encryptions in libpq's order until one will do. Used by one thread, the owner to be.
 *
 * <p>The next address is tried when one cannot be reached, does not answer in time, says that it cannot take connections
 * now, or is not of the kind that is wanted. Any other refusal ends it all: another server would not be asked for a
 * password because the first one did not like it.
 */
final class Connector {
    private final ConnectSettings settings;
    private final Deadline overall;
    private final ConnectAttempt attempt;
    private final AddressLookup lookup;
    private final List<HostEntry> hosts;
    private final List<String> failures = new ArrayList<>();
    private @Nullable WalException last;

    private Connector(ConnectOptions options, ConnectSettings settings, LoopThread loop) {
        this.settings = settings;
        this.overall = Deadline.after(options.timeout());
        this.attempt = new ConnectAttempt(options, settings, loop);
        this.hosts = balanced(settings.hosts());
        this.lookup = new AddressLookup(options.cancellation());
    }

    static LibpqConnection connect(ConnectOptions options) {
        options.cancellation().check("connect");
        ConnectSettings settings = ConnectSettings.of(options);
        LoopThread loop = new LoopThread(Epoll.isAvailable() && !PeerOwner.needsNio(settings));
        boolean connected = false;
        try {
            EstablishedSession session = new Connector(options, settings, loop).establish();
            LibpqConnection connection = new LibpqConnection(session, options, limits(options), loop);
            connected = true;
            return connection;
        } finally {
            if (!connected) {
                loop.close();
            }
        }
    }

    static FrameLimits limits(ConnectOptions options) {
        return options.mode() == Mode.PHYSICAL ? FrameLimits.PHYSICAL : FrameLimits.LOGICAL;
    }

    private EstablishedSession establish() {
        EstablishedSession found = tryAll(settings.attributes());
        if (found == null && settings.attributes() == SessionAttributes.PREFER_STANDBY) {
            found = tryAll(SessionAttributes.ANY);
        }
        if (found == null) {
            throw failure();
        }
        return found;
    }

    private @Nullable EstablishedSession tryAll(SessionAttributes wanted) {
        for (HostEntry entry : hosts) {
            for (HostAddress address : addressesOf(entry)) {
                EstablishedSession found = tryAddress(address, wanted);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private <T> List<T> balanced(List<T> list) {
        if (!settings.balanced()) {
            return list;
        }
        List<T> shuffled = new ArrayList<>(list);
        Collections.shuffle(shuffled);
        return shuffled;
    }

    private List<HostAddress> addressesOf(HostEntry entry) {
        try {
            return balanced(lookup.addressesOf(entry, addressDeadline()));
        } catch (ConnectionException e) {
            note("", e);
            return List.of();
        }
    }

    private @Nullable EstablishedSession tryAddress(HostAddress address, SessionAttributes wanted) {
        List<Encryption> encryptions = Encryption.toTry(settings.tls().mode(), address.entry());
        for (int i = 0; ; i++) {
            Deadline deadline = addressDeadline();
            try {
                EstablishedSession session = attempt.run(address, encryptions.subList(i, encryptions.size()), deadline);
                String objection = wanted.objection(session.session().parameters());
                if (objection == null) {
                    return session;
                }
                session.session().wire().close(FrontendMessages.terminate());
                session.session().frames().release();
                note(address.failurePrefix(), new ConnectionException(objection, null));
                return null;
            } catch (CanceledException | ConfigurationException e) {
                throw e;
            } catch (WalException e) {
                note(address.failurePrefix(), e);
                boolean retryOtherwise = i + 1 < encryptions.size() && attempt.mayRetryOtherwise(e);
                if (!retryOtherwise && !mayTryNext(e, deadline)) {
                    throw failure();
                }
                if (!retryOtherwise) {
                    return null;
                }
            }
        }
    }

    private boolean mayTryNext(WalException e, Deadline deadline) {
        return !overall.hasPassed()
                && (!attempt.isReached() || deadline.hasPassed() || e.sqlState().equals(SqlState.CANNOT_CONNECT_NOW));
    }

    private Deadline addressDeadline() {
        return overall.earlier(Deadline.after(settings.connectTimeout()));
    }

    private void note(String prefix, WalException e) {
        failures.add(prefix + text(e));
        last = e;
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
