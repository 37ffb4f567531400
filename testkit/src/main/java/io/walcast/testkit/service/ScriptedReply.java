// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import io.walcast.core.error.ErrorFields;
import io.walcast.transport.Reply;
import io.walcast.transport.WalStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Passes an answer on, notes when the command is over, and spoils what the transport must not keep.
 *
 * <p>Threading: as {@link Reply}.
 */
final class ScriptedReply implements Reply {
    private static final byte NOT_YOURS = (byte) 0xDD;

    private final Reply reply;
    private final ScriptedSession session;

    ScriptedReply(Reply reply, ScriptedSession session) {
        this.reply = reply;
        this.session = session;
    }

    @Override
    public void rowDescription(List<Column> columns) {
        reply.rowDescription(columns);
    }

    @Override
    public void dataRow(List<byte @Nullable []> values) {
        List<byte @Nullable []> lent = values.stream()
                .<byte @Nullable []>map(value -> value == null ? null : value.clone())
                .collect(Collectors.toCollection(ArrayList::new));
        reply.dataRow(lent);
        for (byte[] value : lent) {
            if (value != null) {
                Arrays.fill(value, NOT_YOURS);
            }
        }
        lent.clear();
    }

    @Override
    public void commandComplete(String tag) {
        reply.commandComplete(tag);
    }

    @Override
    public void copyBoth(WalStream started) {
        reply.copyBoth(started);
    }

    @Override
    public void error(ErrorFields fields) {
        session.commandFails();
        reply.error(fields);
    }

    @Override
    public void ready() {
        session.commandOver();
        reply.ready();
    }
}
