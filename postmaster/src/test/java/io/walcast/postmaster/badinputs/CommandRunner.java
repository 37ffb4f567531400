// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.command.ReplicationCommandParser;
import io.walcast.core.error.ServerErrorException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;

/**
 * Texts of replication commands, as far as the grammar decides. What only a session can answer is {@link #needsSession}.
 */
final class CommandRunner implements BadInputRunner {
    private static final int NEWEST_SERVER = 18;
    private static final int HEADER_BYTES = 5;

    /** What the grammar and its checks say no with; every other answer comes from whoever executes the command. */
    private static final Set<String> STATES_OF_THE_GRAMMAR =
            Set.of("08P01", "22003", "22021", "22023", "42601", "54000");

    @Override
    public boolean applies(BadInput input) {
        return input.kind().equals("commands") && !needsSession(input);
    }

    /**
     * Returns whether a case of this kind goes beyond the text of a command: a message that is no well-formed Query, a
     * session that has to end, or an answer that depends on slots, WAL, roles or the state of the server.
     */
    static boolean needsSession(BadInput input) {
        boolean ends = input.wants("FATAL") || input.wants("ignore");
        return ends || !isQuery(input.bytes()) || !isOfTheGrammar(input);
    }

    private static boolean isOfTheGrammar(BadInput input) {
        return input.wants("accept") || STATES_OF_THE_GRAMMAR.contains(input.sqlState());
    }

    private static boolean isQuery(byte[] message) {
        return message.length > HEADER_BYTES
                && message[0] == 'Q'
                && ByteBuffer.wrap(message).getInt(1) == message.length - 1
                && message[message.length - 1] == 0;
    }

    @Override
    public Answer answer(BadInput input) {
        byte[] message = input.bytes();
        byte[] text = Arrays.copyOfRange(message, HEADER_BYTES, message.length - 1);
        return Allocation.bounded(message.length, () -> judge(text));
    }

    private static Answer judge(byte[] text) {
        try {
            return Answer.accepted(
                    ReplicationCommandParser.parse(text, NEWEST_SERVER).toString());
        } catch (ServerErrorException e) {
            return Answer.of("ERROR, session lives", e);
        }
    }
}
