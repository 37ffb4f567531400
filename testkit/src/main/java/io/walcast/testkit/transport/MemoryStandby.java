// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.transport.CloseReason;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A standby in memory: what it sends goes to the listener's thread, what it gets is in the pipe. One owner thread. */
final class MemoryStandby implements ScriptedStandby {
    private final ServedSession session;
    private final MemoryPipe pipe;
    private final int pid;
    private final Map<String, String> parameters;
    private final Runnable cancel;

    MemoryStandby(ServedSession session, MemoryPipe pipe, int pid, Map<String, String> parameters, Runnable cancel) {
        this.session = session;
        this.pipe = pipe;
        this.pid = pid;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        this.cancel = cancel;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Map<String, String> parameters() {
        return parameters;
    }

    @Override
    public void send(ReplicationCommand command) {
        session.post(() -> session.command(command));
    }

    @Override
    public void send(StandbyMessage message) {
        session.post(() -> session.message(message));
    }

    @Override
    public void copyDone() {
        session.post(session::copyDone);
    }

    @Override
    public void cancel() {
        cancel.run();
    }

    @Override
    public void terminate() {
        end(CloseReason.TERMINATED_BY_PEER);
    }

    @Override
    public void cut() {
        end(CloseReason.CONNECTION_LOST);
    }

    private void end(CloseReason reason) {
        pipe.cut();
        session.post(() -> session.close(reason));
    }

    @Override
    public @Nullable FromServer poll(Duration limit) {
        FromServer message = pipe.poll(limit);
        if (message instanceof FromServer.Wal) {
            session.wake();
        }
        return message;
    }

    @Override
    public void close() {
        cut();
    }
}
