// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a {@link ReplicationTap} has seen of one connection. May be read from any thread, also while it goes on. */
public final class ReplicationConversation {
    private final int number;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<StandbyStatus> statuses = new ArrayList<>();

    @GuardedBy("lock")
    private final List<SeenKeepalive> keepalives = new ArrayList<>();

    @GuardedBy("lock")
    private final List<String> queries = new ArrayList<>();

    @GuardedBy("lock")
    private final List<String> errors = new ArrayList<>();

    @GuardedBy("lock")
    private Map<String, String> parameters = Map.of();

    @GuardedBy("lock")
    private Lsn maxFlush = Lsn.INVALID;

    @GuardedBy("lock")
    private Lsn sentUpTo = Lsn.INVALID;

    @GuardedBy("lock")
    private long walBytes;

    @GuardedBy("lock")
    private boolean isEncrypted;

    @GuardedBy("lock")
    private boolean isClosed;

    ReplicationConversation(int number) {
        this.number = number;
    }

    /** Returns the number of the connection; the first is 0. */
    public int number() {
        return number;
    }

    /** Returns the parameters of the startup message; empty before it, and for a connection that is encrypted. */
    public Map<String, String> parameters() {
        synchronized (lock) {
            return parameters;
        }
    }

    /** Returns the status updates the client has sent. */
    public List<StandbyStatus> statuses() {
        synchronized (lock) {
            return List.copyOf(statuses);
        }
    }

    /** Returns the keepalives the server has sent. */
    public List<SeenKeepalive> keepalives() {
        synchronized (lock) {
            return List.copyOf(keepalives);
        }
    }

    /** Returns the texts of the queries and replication commands the client has sent. */
    public List<String> queries() {
        synchronized (lock) {
            return List.copyOf(queries);
        }
    }

    /** Returns the server's error messages, as {@code SQLSTATE message}. */
    public List<String> errors() {
        synchronized (lock) {
            return List.copyOf(errors);
        }
    }

    /** Returns the greatest position the client has acknowledged as flushed. */
    public Lsn maxFlush() {
        synchronized (lock) {
            return maxFlush;
        }
    }

    /** Returns the end of the WAL that the server has begun to send. */
    public Lsn sentUpTo() {
        synchronized (lock) {
            return sentUpTo;
        }
    }

    /** Returns how many bytes of WAL the server has begun to send. */
    public long walBytes() {
        synchronized (lock) {
            return walBytes;
        }
    }

    /** Returns whether the connection has turned to TLS, so that nothing more is seen of it. */
    public boolean isEncrypted() {
        synchronized (lock) {
            return isEncrypted;
        }
    }

    /** Returns whether the connection has ended. */
    public boolean isClosed() {
        synchronized (lock) {
            return isClosed;
        }
    }

    void started(Map<String, String> startupParameters) {
        synchronized (lock) {
            parameters = Map.copyOf(startupParameters);
        }
    }

    void add(StandbyStatus status) {
        synchronized (lock) {
            statuses.add(status);
            maxFlush = Lsn.max(maxFlush, status.flush());
        }
    }

    void add(SeenKeepalive keepalive) {
        synchronized (lock) {
            keepalives.add(keepalive);
        }
    }

    void addQuery(String text) {
        synchronized (lock) {
            queries.add(text);
        }
    }

    void addError(String text) {
        synchronized (lock) {
            errors.add(text);
        }
    }

    void addWal(Lsn start, long bytes) {
        synchronized (lock) {
            walBytes += bytes;
            sentUpTo = Lsn.max(sentUpTo, start.plus(bytes));
        }
    }

    void encrypted() {
        synchronized (lock) {
            isEncrypted = true;
        }
    }

    void closed() {
        synchronized (lock) {
            isClosed = true;
        }
    }
}
