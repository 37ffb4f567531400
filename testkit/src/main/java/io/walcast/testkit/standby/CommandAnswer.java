// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import io.walcast.core.error.ErrorFields;
import io.walcast.testkit.standby.FromServer.Closed;
import io.walcast.testkit.standby.FromServer.CommandComplete;
import io.walcast.testkit.standby.FromServer.DataRow;
import io.walcast.testkit.standby.FromServer.Failed;
import io.walcast.testkit.standby.FromServer.Notice;
import io.walcast.testkit.standby.FromServer.Ready;
import io.walcast.testkit.standby.FromServer.RowDescription;
import io.walcast.transport.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that came for one command, or for the rest of it.
 *
 * @param messages in order; the last one is {@link Ready} or {@link Closed}
 */
public record CommandAnswer(List<FromServer> messages) {
    public CommandAnswer {
        messages = List.copyOf(messages);
    }

    static CommandAnswer read(ScriptedStandby standby, Duration limit) {
        List<FromServer> messages = new ArrayList<>();
        FromServer message;
        do {
            message = standby.next(limit);
            messages.add(message);
        } while (!(message instanceof Ready) && !(message instanceof Closed));
        return new CommandAnswer(messages);
    }

    /** Returns whether the session goes on. */
    public boolean ready() {
        return last() instanceof Ready;
    }

    /** Returns whether the connection ended. */
    public boolean closed() {
        return last() instanceof Closed;
    }

    private FromServer last() {
        return messages.get(messages.size() - 1);
    }

    /** Returns the columns of the first row set, none if there is no row set. */
    public List<Reply.Column> columns() {
        return all(RowDescription.class).stream()
                .findFirst()
                .map(RowDescription::columns)
                .orElse(List.of());
    }

    /** Returns the rows of all row sets. */
    public List<DataRow> rows() {
        return all(DataRow.class);
    }

    /** Returns the tags of all completions. */
    public List<String> tags() {
        return all(CommandComplete.class).stream().map(CommandComplete::tag).toList();
    }

    /** Returns the error, if there is one. */
    public Optional<ErrorFields> error() {
        return all(Failed.class).stream().findFirst().map(Failed::fields);
    }

    /** Returns the notices. */
    public List<ErrorFields> notices() {
        return all(Notice.class).stream().map(Notice::fields).toList();
    }

    private <T extends FromServer> List<T> all(Class<T> type) {
        return messages.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
