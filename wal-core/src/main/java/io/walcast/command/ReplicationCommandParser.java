// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import io.walcast.core.error.ServerErrorException;

/**
 * Parses the commands of a replication connection as PostgreSQL 14 to 18 do (manual, "Streaming Replication Protocol").
 *
 * <p>Stricter than PostgreSQL in what would otherwise be cut in silence: numbers and halves of an LSN that do not fit 32
 * bits, and names of slots, which are not cut to 63 bytes; and in the length of a text and of an option's value.
 *
 * <p>Stateless; takes time in proportion to the length of the text.
 */
public final class ReplicationCommandParser {
    /** The longest command, in bytes. */
    public static final int MAX_BYTES = 16 * 1024;

    private static final int OLDEST = 14;

    private ReplicationCommandParser() {}

    /**
     * Parses one command, by the rules of a major version.
     *
     * @param text UTF-8, without the zero byte that ends it on the wire
     * @param serverMajor a version before 14 counts as 14, one after 18 as 18
     * @throws ServerErrorException with the SQLSTATE and the text of PostgreSQL, if this is none
     */
    public static ReplicationCommand parse(byte[] text, int serverMajor) {
        String command = CommandText.decode(text, MAX_BYTES);
        return new ReplicationGrammar(command, Math.max(serverMajor, OLDEST)).command();
    }
}
