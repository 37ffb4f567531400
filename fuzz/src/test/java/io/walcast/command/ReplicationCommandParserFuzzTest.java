// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.fuzz.ParserContract;
import io.walcast.transport.AlterSlot;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.client.CommandText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class ReplicationCommandParserFuzzTest {
    private static final int OLDEST = 14;
    private static final int NEWEST = 18;

    /** For every version; and what our client would send for the command that was read means the same. */
    @FuzzTest
    void readsWhatTheClientWouldSend(byte[] bytes) {
        for (int major = OLDEST; major <= NEWEST; major++) {
            int version = major;
            Optional<ReplicationCommand> read = ParserContract.parse(
                    bytes.length, ServerErrorException.class, () -> ReplicationCommandParser.parse(bytes, version));
            if (read.isPresent()) {
                ReplicationCommand command = read.get();
                String printed = printed(command, version);
                if (printed != null) {
                    assertThat(ReplicationCommandParser.parse(printed.getBytes(UTF_8), version))
                            .isEqualTo(command);
                }
            }
        }
    }

    private static @Nullable String printed(ReplicationCommand command, int major) {
        ClientText text = new ClientText(major);
        try {
            command.dispatchTo(text);
        } catch (ConfigurationException e) {
            return null; // a name that the client refuses to send
        }
        return text.sent;
    }

    /** What the client sends; null for what it never does. */
    private static final class ClientText implements ReplicationCommand.Handler {
        private final int major;
        private @Nullable String sent;

        ClientText(int major) {
            this.major = major;
        }

        @Override
        public void onIdentifySystem(ReplicationCommand.IdentifySystem command) {
            sent = CommandText.IDENTIFY_SYSTEM;
        }

        @Override
        public void onShow(ReplicationCommand.Show command) {
            // A name that was quoted, and folds, would be another one without quotes.
            sent = command.name().equals(ReplicationScanner.folded(command.name()))
                    ? CommandText.show(command.name())
                    : null;
        }

        @Override
        public void onTimelineHistoryOf(ReplicationCommand.TimelineHistoryOf command) {
            sent = CommandText.timelineHistory(command.timeline());
        }

        @Override
        public void onReadReplicationSlot(ReplicationCommand.ReadReplicationSlot command) {
            sent = CommandText.readSlot(command.slot(), major);
        }

        @Override
        public void onCreateReplicationSlot(ReplicationCommand.CreateReplicationSlot command) {
            sent = CommandText.createSlot(
                    new CreateSlot(
                            command.slot(),
                            command.temporary(),
                            command.plugin(),
                            command.reserveWal(),
                            command.snapshot(),
                            command.twoPhase(),
                            command.failover()),
                    major);
        }

        @Override
        public void onAlterReplicationSlot(ReplicationCommand.AlterReplicationSlot command) {
            sent = CommandText.alterSlot(new AlterSlot(command.slot(), command.failover(), command.twoPhase()), major);
        }

        @Override
        public void onDropReplicationSlot(ReplicationCommand.DropReplicationSlot command) {
            sent = CommandText.dropSlot(command.slot(), command.untilUnused());
        }

        @Override
        public void onStartReplication(ReplicationCommand.StartReplication command) {
            TimelineId timeline = command.timeline();
            sent = timeline == null
                    ? null
                    : CommandText.startReplication(
                            new StreamOptions.Physical(command.slot(), command.start(), timeline));
        }

        @Override
        public void onStartLogicalReplication(ReplicationCommand.StartLogicalReplication command) {
            Map<String, String> options = new LinkedHashMap<>();
            for (CommandOption option : command.options()) {
                String value = option.value();
                if (value == null || options.put(option.name(), value) != null) {
                    return;
                }
            }
            sent = CommandText.startReplication(new StreamOptions.Logical(command.slot(), command.start(), options));
        }

        @Override
        public void onBaseBackup(ReplicationCommand.BaseBackup command) {
            // Not sent yet.
        }

        @Override
        public void onUploadManifest(ReplicationCommand.UploadManifest command) {
            // Not sent yet.
        }

        @Override
        public void onSql(ReplicationCommand.Sql command) {
            sent = command.text();
        }
    }
}
