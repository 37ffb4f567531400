// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.Lsn;
import io.walcast.core.PrintableText;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.Reply;
import io.walcast.transport.Reply.Column;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.walsender.StreamedTimeline.SwitchPoint;
import io.walcast.walsender.slot.AcquiredSlot;
import io.walcast.walsender.slot.SlotOwner;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session ({@code WalSndMain}, {@code exec_replication_command}): takes one command after the other, and streams.
 *
 * <p>What reads or syncs files is done on the shared executor, one task after the other; the answer then comes from there.
 *
 * <p>Threading: as {@link ReplicationSession}; {@link #tick}, {@link #stop}, {@link #terminate} and {@link #requestCancel} from
 * any thread. Methods that answer a command are called by whoever works on it.
 */
final class WalSender implements ReplicationSession, SlotOwner, StreamContext.Listener {
    /** Everything that peers did, for whoever has to answer for it. */
    static final Logger AUDIT = LoggerFactory.getLogger("io.walcast.audit");

    private static final Logger logger = LoggerFactory.getLogger(WalSender.class);

    private final WalSenderNode node;
    private final SessionPeer peer;
    private final SessionSettings settings;
    private final Map<String, String> parameters;
    private final WalSnd walSnd;
    private final SerialTasks tasks;
    private final SessionCommands commands;

    // Set by the transport's thread, cleared by whoever ends the command, read by all.
    private volatile @Nullable RunningCommand running;

    // Set and cleared by whoever works on the command, read by all.
    private volatile @Nullable PhysicalStream stream;
    private volatile @Nullable AcquiredSlot slot;

    // Set by whoever creates or acquires a slot, read at the end of a command.
    private volatile boolean hasSlots;

    // Set once by whoever ends the session, read by all.
    private volatile boolean terminated;

    /** Makes the session of {@code request}, which may have {@code settings}. */
    WalSender(WalSenderNode node, SessionRequest request, SessionPeer peer, SessionSettings settings) {
        this.node = requireNonNull(node, "node");
        this.peer = requireNonNull(peer, "peer");
        this.settings = requireNonNull(settings, "settings");
        var own = settings.all();
        parameters = own.reported();
        walSnd = new WalSnd(
                node.walSndCtl().newPid(),
                request,
                own.text("application_name"),
                node.clock().now());
        tasks = new SerialTasks(node.io());
        commands = new SessionCommands(this);
    }

    WalSenderNode node() {
        return node;
    }

    WalSnd walSnd() {
        return walSnd;
    }

    SessionSettings settings() {
        return settings;
    }

    @Override
    public int pid() {
        return walSnd.pid();
    }

    @Override
    public Map<String, String> parameters() {
        return parameters;
    }

    @Override
    public void execute(ReplicationCommand command, Reply reply) {
        RunningCommand started = new RunningCommand(reply);
        running = started;
        log(command);
        if (node.walSndCtl().isStopping()) {
            fail(SessionErrors.stoppingMode());
            return;
        }
        attempt("execute the command", () -> command.dispatchTo(commands));
    }

    private void log(ReplicationCommand command) {
        String text = PrintableText.of(command.toString());
        (settings.logsCommands() ? AUDIT.atInfo() : AUDIT.atDebug())
                .addKeyValue("pid", pid())
                .log("received replication command: {}", text);
    }

    /** Returns the command that is being worked on. */
    RunningCommand running() {
        return requireNonNull(running, "running");
    }

    /** Does a part of the running command on the shared executor; {@code doing} says what, for errors. */
    void later(String doing, Runnable part) {
        tasks.execute(() -> attempt(doing, part));
    }

    private void attempt(String doing, Runnable part) {
        try {
            part.run();
        } catch (WalException e) {
            logger.atInfo()
                    .addKeyValue("pid", pid())
                    .log("{}: {}", doing, PrintableText.of(String.valueOf(e.getMessage())));
            fail(SessionErrors.of(e, doing));
        } catch (RuntimeException | Error e) { // the outermost end of a command: the peer waits for an answer
            logger.atError().addKeyValue("pid", pid()).setCause(e).log("could not {}", doing);
            fail(ErrorFields.error(SqlState.INTERNAL_ERROR, "could not " + doing));
        }
    }

    /** Takes note that the session may have a slot that has to be given back. */
    void hasSlots() {
        hasSlots = true;
    }

    /** Ends the running command well. */
    void complete(String... tags) {
        RunningCommand command = running();
        if (command.end()) {
            running = null;
            for (String tag : tags) {
                command.reply().commandComplete(tag);
            }
            command.reply().ready();
        }
    }

    /** Ends the running command with an error; slots are given back, and temporary ones dropped, before the peer knows. */
    void fail(ErrorFields fields) {
        RunningCommand command = running;
        if (command == null || !command.end()) {
            return;
        }
        boolean streamed = stream != null;
        endStream();
        if (hasSlots) {
            tasks.execute(() -> {
                cleanUpSlots();
                answer(command, fields, streamed);
            });
        } else {
            answer(command, fields, streamed);
        }
    }

    private void answer(RunningCommand command, ErrorFields fields, boolean streamed) {
        running = null;
        command.reply().error(fields);
        if (streamed && node.walSndCtl().isStopping()) {
            terminate();
        }
    }

    /** As after any error, temporary slots go; the commands about slots come after that. */
    @Override
    public void commandRefused() {
        if (hasSlots) {
            tasks.execute(this::cleanUpSlots);
        }
    }

    private void cleanUpSlots() {
        hasSlots = false;
        try {
            node.slots().cleanUp(this);
        } catch (WalException e) {
            logger.atError().addKeyValue("pid", pid()).setCause(e).log("could not give back slots");
        }
    }

    /** Begins to stream ({@code CopyBothResponse}). */
    void startStream(StreamedTimeline timeline, Lsn start, @Nullable AcquiredSlot through) {
        slot = through;
        walSnd.begins(start, through == null ? null : through.name());
        walSnd.moveTo(WalSndState.CATCHUP);
        PhysicalStream started = new PhysicalStream(
                new StreamContext(node, walSnd, peer, node.newChunks(), through, settings::walSenderTimeoutNs, this),
                timeline,
                start);
        RunningCommand command = running();
        stream = started;
        if (terminated) {
            started.abandon();
            walSnd.ends();
        }
        if (command.isCanceled()) {
            started.requestCancel();
        }
        command.reply().copyBoth(started);
        node.wakeup().wake();
    }

    private void endStream() {
        PhysicalStream ending = stream;
        if (ending == null) {
            return;
        }
        ending.abandon();
        stream = null;
        walSnd.ends();
        if (walSnd.state() != WalSndState.STOPPING) {
            walSnd.moveTo(WalSndState.STARTUP);
        }
    }

    @Override
    public void streamFailed(ErrorFields fields) {
        fail(fields);
    }

    @Override
    public void streamEnded(StreamedTimeline timeline) {
        endStream();
        AcquiredSlot through = slot;
        if (through != null) {
            through.release();
            slot = null;
        }
        if (node.walSndCtl().isStopping()) {
            peer.drop(); // as PostgreSQL ends: the peer has all it asked for
            return;
        }
        endReplication(timeline);
    }

    /** Ends {@code START_REPLICATION}, with the next timeline if there is one. */
    void endReplication(StreamedTimeline timeline) {
        SwitchPoint end = timeline.end();
        if (end != null) {
            Reply reply = running().reply();
            reply.rowDescription(List.of(Column.int8("next_tli"), Column.text("next_tli_startpos")));
            reply.dataRow(ResultRows.of(end.next().toString(), end.lsn().toString()));
        }
        complete("START_STREAMING", "START_REPLICATION");
    }

    @Override
    public void received(StandbyMessage message) {
        PhysicalStream current = stream;
        if (current != null && !terminated) {
            current.received(message);
        }
    }

    @Override
    public void cancelCommand() {
        requestCancel();
    }

    /** Asks for an end of the running command; a stream ends at its next turn. */
    void requestCancel() {
        RunningCommand command = running;
        PhysicalStream current = stream;
        if (current != null) {
            current.requestCancel();
        } else if (command != null) {
            command.cancel();
        }
    }

    @Override
    public void closed(CloseReason reason) {
        AUDIT.atInfo().addKeyValue("pid", pid()).log("disconnection: {}", reason);
        PhysicalStream current = stream;
        if (current != null) {
            current.abandon();
        }
        RunningCommand command = running;
        if (command != null) {
            command.end();
            command.cancel();
        }
        if (tasks.isIdle() && !hasSlots) {
            node.walSndCtl().remove(this); // at once, however busy the executor is: the next one may need the room
            return;
        }
        tasks.execute(() -> {
            try {
                if (hasSlots) {
                    cleanUpSlots();
                }
            } finally {
                node.walSndCtl().remove(this);
            }
        });
    }

    /** Ends the session as a SIGTERM does ({@code FATAL} 57P01); what its peer still says counts no more. */
    @Override
    public void terminate() {
        terminated = true;
        PhysicalStream current = stream;
        if (current != null) {
            current.abandon();
            walSnd.ends(); // a slot that was taken from it is not looked for here any more
        }
        peer.terminate(SessionErrors.terminated());
    }

    /** Has the session end because the node does: at once, or, if it streams, when the peer has confirmed everything. */
    void stop() {
        if (stream == null) {
            terminate();
        } else {
            peer.wake();
        }
    }

    /** Returns whether the session streams to a peer that may be gone. */
    boolean isSilent() {
        PhysicalStream current = stream;
        return current != null && current.isSilent();
    }

    /** Looks what time it is; see {@link PhysicalStream#tick}. */
    long tick(long nowNs, boolean walMoved) {
        PhysicalStream current = stream;
        return current == null ? PhysicalStream.NEVER : current.tick(nowNs, walMoved);
    }

    @Override
    public String toString() {
        return "WalSender[" + pid() + " " + walSnd.request() + "]";
    }
}
