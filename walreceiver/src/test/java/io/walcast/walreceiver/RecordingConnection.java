// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.TimelineId;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.transport.AlterSlot;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.CreatedSlot;
import io.walcast.transport.EndResult;
import io.walcast.transport.ExecResult;
import io.walcast.transport.SenderInfo;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.StartResult;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.TimelineHistoryFile;
import io.walcast.transport.WalReceiverConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A connection that only takes messages, or refuses them. */
final class RecordingConnection implements WalReceiverConnection {
    final List<StatusUpdate> sent = new ArrayList<>();
    boolean writable = true;

    StatusUpdate last() {
        return sent.get(sent.size() - 1);
    }

    @Override
    public boolean send(StandbyMessage message) {
        if (writable) {
            sent.add((StatusUpdate) message);
        }
        return writable;
    }

    @Override
    public @Nullable ServerMessage receive() {
        return null;
    }

    @Override
    public void close() {}

    @Override
    public SenderInfo senderInfo() {
        throw new IllegalStateException();
    }

    @Override
    public SystemIdentity identifySystem() {
        throw new IllegalStateException();
    }

    @Override
    public String show(String parameter) {
        throw new IllegalStateException();
    }

    @Override
    public TimelineHistoryFile readTimelineHistory(TimelineId timeline) {
        throw new IllegalStateException();
    }

    @Override
    public Optional<SlotPosition> readSlot(String slot) {
        throw new IllegalStateException();
    }

    @Override
    public CreatedSlot createSlot(CreateSlot options) {
        throw new IllegalStateException();
    }

    @Override
    public void alterSlot(AlterSlot options) {
        throw new IllegalStateException();
    }

    @Override
    public void dropSlot(String slot, boolean wait) {
        throw new IllegalStateException();
    }

    @Override
    public StartResult startStreaming(StreamOptions options) {
        throw new IllegalStateException();
    }

    @Override
    public EndResult endStreaming() {
        throw new IllegalStateException();
    }

    @Override
    public ExecResult exec(String command, int maxBytes) {
        throw new IllegalStateException();
    }
}
