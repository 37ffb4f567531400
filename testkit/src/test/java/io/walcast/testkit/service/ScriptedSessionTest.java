// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.core.Lsn;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.Outbound;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.Reply;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.WalStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every misuse of a session is complained of. */
class ScriptedSessionTest {
    private static final int MAX_BYTES = 128 << 10;

    private final ScriptedService service = new ScriptedService();
    private final NoReply reply = new NoReply();
    private final ReplicationSession session = service.open(
            new SessionRequest(Mode.PHYSICAL, "u", null, Map.of(), "none", null, null, null), new NoPeer());

    @Test
    void complainsOfNothingThatIsRight() {
        service.onCommand((at, command, to) -> to.copyBoth(at.newStream().onEnded(to::ready)));
        session.execute(new IdentifySystem(), reply);
        WalStream stream = stream();
        assertThat(stream.next(MAX_BYTES)).isNull();
        stream.peerCopyDone();
        assertThat(stream.next(MAX_BYTES)).isEqualTo(new Outbound.CopyDone());
        stream.ended();
        session.execute(new IdentifySystem(), reply);
        session.closed(CloseReason.CONNECTION_LOST);

        assertThat(service.complaints()).isEmpty();
    }

    private WalStream stream() {
        return service.sessions().get(0).streams().get(0);
    }

    @Test
    void complainsOfACommandBeforeTheLastOneIsOver() {
        service.onCommand((at, command, to) -> {});
        session.execute(new IdentifySystem(), reply);
        session.execute(new IdentifySystem(), reply);

        assertThat(service.complaints()).singleElement().asString().contains("before the last command was over");
    }

    @Test
    void complainsOfCallsWithinCalls() {
        service.onCommand((at, command, to) -> session.cancelCommand());
        session.execute(new IdentifySystem(), reply);

        assertThat(service.complaints()).singleElement().asString().contains("cancelCommand while in execute");
    }

    @Test
    void complainsOfCallsAfterTheLast() {
        session.closed(CloseReason.CONNECTION_LOST);
        session.closed(CloseReason.CONNECTION_LOST);
        session.execute(new IdentifySystem(), reply);

        assertThat(service.complaints())
                .hasSize(3)
                .anySatisfy(complaint -> assertThat(complaint).contains("closed twice"));
    }

    @Test
    void complainsOfAnEndBeforeBothSidesAreDone() {
        startStream().ended();

        assertThat(service.complaints()).singleElement().asString().contains("before both sides were done");
    }

    @Test
    void complainsOfAskingForMoreAfterTheEnd() {
        WalStream stream = startStream();
        stream.peerCopyDone();
        assertThat(stream.next(MAX_BYTES)).isEqualTo(new Outbound.CopyDone());
        assertThat(stream.next(MAX_BYTES)).isEqualTo(new Outbound.CopyDone());
        stream.peerCopyDone();

        assertThat(service.complaints()).hasSize(2);
    }

    @Test
    void complainsOfAStreamThatIsAskedAfterItsErrorOrForTooLittle() {
        service.onCommand((at, command, to) -> {
            at.newStream();
            to.error(ErrorFields.error(SqlState.INTERNAL_ERROR, "no"));
        });
        session.execute(new IdentifySystem(), reply);
        assertThat(stream().next(10)).isNull();

        assertThat(service.complaints()).hasSize(2);
    }

    private WalStream startStream() {
        service.onCommand((at, command, to) -> to.copyBoth(at.newStream()));
        session.execute(new IdentifySystem(), reply);
        return stream();
    }

    @Test
    void spoilsWhatIsNotTheTransportsToKeep() {
        service.onCommand((at, command, to) -> {
            to.dataRow(List.of(new byte[] {1, 2}));
            to.copyBoth(at.newStream().add(WalRun.buffered(Lsn.INVALID, new byte[] {1, 2, 3}, 2)));
        });
        session.execute(new IdentifySystem(), reply);
        ScriptedChunk chunk = (ScriptedChunk) stream().next(MAX_BYTES);
        assertThat(chunk).isNotNull();
        ByteBuffer buffer = chunk.buffer();
        assertThat(buffer.get(0)).isEqualTo((byte) 1);
        chunk.close();

        assertThat(buffer.get(0)).isNotEqualTo((byte) 1);
        assertThat(chunk.buffer().hasRemaining()).isFalse();
        assertThat(chunk.closes()).isEqualTo(1);
        assertThat(reply.values.get(0)).isNotEqualTo(new byte[] {1, 2});
    }

    /** Keeps the arrays it must not keep. */
    private static final class NoReply implements Reply {
        private final List<byte @Nullable []> values = new ArrayList<>();

        @Override
        public void rowDescription(List<Column> columns) {}

        @Override
        public void dataRow(List<byte @Nullable []> row) {
            values.addAll(row);
        }

        @Override
        public void commandComplete(String tag) {}

        @Override
        public void copyBoth(WalStream stream) {}

        @Override
        public void error(ErrorFields fields) {}

        @Override
        public void ready() {}
    }

    private static final class NoPeer implements SessionPeer {
        @Override
        public void wake() {}

        @Override
        public void notice(ErrorFields fields) {}

        @Override
        public void parameterChanged(String name, String value) {}

        @Override
        public void terminate(ErrorFields fields) {}

        @Override
        public void drop() {}
    }
}
