// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import static java.util.Objects.requireNonNullElse;

import io.walcast.command.ReplicationCommandParser;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.storage.ReceivedWal;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.ipc.Clock;
import io.walcast.ipc.WalRcvShared;
import io.walcast.testkit.service.ScriptedAccess;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.Reply;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.WalStream;
import io.walcast.walsender.WalSegments;
import io.walcast.walsender.WalSegmentsOptions;
import io.walcast.walsender.WalSenderConfig;
import io.walcast.walsender.WalSenderService;
import io.walcast.walsender.slot.ReplicationSlots;
import io.walcast.walsender.slot.SlotOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command that was under way when the node began to stop. Over a socket nobody can tell when that is, so the command goes
 * straight to a walsender, which has just ended its session as an idle one.
 */
final class StoppingRunner implements BadInputRunner {
    private static final int NEWEST_SERVER = 18;
    private static final int HEADER_BYTES = 5;

    private final Path root;

    StoppingRunner(Path root) {
        this.root = root.resolve("stopping");
    }

    static boolean isAboutStopping(BadInput input) {
        return input.kind().equals("commands") && input.isAbout("while stopping");
    }

    @Override
    public boolean applies(BadInput input) {
        return isAboutStopping(input);
    }

    @Override
    public Answer answer(BadInput input) throws IOException {
        ServedDirectory served = ServedDirectory.make(root, 100_000);
        WalRcvShared shared = new WalRcvShared();
        shared.startsAt(ServedDirectory.TIMELINE, ServedDirectory.START, ServedDirectory.START, null);
        shared.flushed(served.end(), ServedDirectory.TIMELINE);
        try (WalDirectory directory =
                        WalDirectory.open(root.resolve("pg_wal"), WalDirectoryOptions.DEFAULTS.withSync(false));
                ReplicationSlots slots =
                        ReplicationSlots.open(root.resolve("pg_replslot"), SlotOptions.defaults(line -> {}))) {
            return askWhileStopping(ReceivedWal.open(directory, shared), slots, input.bytes());
        }
    }

    private static Answer askWhileStopping(ReceivedWal wal, ReplicationSlots slots, byte[] query) {
        WalSenderConfig config = WalSenderConfig.of(wal, slots, ScriptedAccess::trust, Runnable::run);
        try (WalSegments segments = new WalSegments(wal, Clock.system(), WalSegmentsOptions.DEFAULTS);
                WalSenderService service = WalSenderService.start(config, segments, cause -> {})) {
            Peer peer = new Peer();
            ReplicationSession session = service.open(
                    new SessionRequest(Mode.PHYSICAL, "rep", null, Map.of(), "none", null, null, null), peer);
            service.stop(Duration.ZERO);
            byte[] text = Arrays.copyOfRange(query, HEADER_BYTES, query.length - 1);
            session.execute(ReplicationCommandParser.parse(text, NEWEST_SERVER), peer);
            session.closed(CloseReason.ENDED_BY_SERVER);
            return peer.answer();
        }
    }

    /** What a session says to its peer. Confined to the thread of the test. */
    private static final class Peer implements SessionPeer, Reply {
        private static final ErrorFields NOTHING = ErrorFields.error(SqlState.INTERNAL_ERROR, "no answer");

        private @Nullable ErrorFields error;
        private @Nullable ErrorFields end;

        Answer answer() {
            ErrorFields said = requireNonNullElse(error, NOTHING);
            ErrorFields last = requireNonNullElse(end, NOTHING);
            boolean endedAsIdle = last.sqlState().equals(SqlState.ADMIN_SHUTDOWN);
            String action = endedAsIdle ? said.severity() + ", session lives" : "not ended as an idle session";
            return new Answer(action, said.sqlState().code(), said.message());
        }

        @Override
        public void error(ErrorFields fields) {
            error = fields;
        }

        @Override
        public void terminate(ErrorFields fields) {
            end = fields;
        }

        @Override
        public void wake() {}

        @Override
        public void notice(ErrorFields fields) {}

        @Override
        public void parameterChanged(String name, String value) {}

        @Override
        public void drop() {}

        @Override
        public void rowDescription(List<Column> columns) {}

        @Override
        public void dataRow(List<byte @Nullable []> values) {}

        @Override
        public void commandComplete(String tag) {}

        @Override
        public void copyBoth(WalStream stream) {}

        @Override
        public void ready() {}
    }
}
