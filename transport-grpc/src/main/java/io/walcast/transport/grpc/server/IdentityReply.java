// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.transport.Reply;
import io.walcast.transport.WalStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares the answer to {@code IDENTIFY_SYSTEM} with what the peer expects, before its session begins. */
final class IdentityReply implements Reply {
    private final SessionCall call;
    private final String expected;
    private final Runnable whenSame;
    /** Written and read by whoever answers, one thread at a time. */
    private volatile String identifier = "";

    IdentityReply(SessionCall call, long expected, Runnable whenSame) {
        this.call = call;
        this.expected = Long.toUnsignedString(expected);
        this.whenSame = whenSame;
    }

    @Override
    public void rowDescription(List<Column> columns) {
        // known
    }

    @Override
    public void dataRow(List<byte @Nullable []> values) {
        byte[] first = values.isEmpty() ? null : values.get(0);
        identifier = first == null ? "" : new String(first, UTF_8);
    }

    @Override
    public void commandComplete(String tag) {
        // what counts is ready
    }

    @Override
    public void copyBoth(WalStream stream) {
        throw new IllegalStateException("IDENTIFY_SYSTEM streams nothing");
    }

    @Override
    public void error(ErrorFields fields) {
        call.run(() -> call.leave(
                new ErrorFields("FATAL", fields.sqlState(), fields.message(), fields.detail(), fields.hint())));
    }

    @Override
    public void ready() {
        boolean isSame = identifier.equals(expected);
        ErrorFields differs = new ErrorFields(
                "FATAL",
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "database system identifier differs between the primary and standby",
                "The primary's identifier is %s, the standby's identifier is %s.".formatted(identifier, expected),
                null);
        call.run(isSame ? whenSame : () -> call.leave(differs));
    }
}
