// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.transport.grpc.v1.Command;

/** What errors call a command. Stateless. */
final class CommandNames {
    private CommandNames() {}

    static String name(Command command) {
        return switch (command.getCommandCase()) {
            case IDENTIFY_SYSTEM -> "IDENTIFY_SYSTEM";
            case SHOW -> "SHOW " + command.getShow().getName();
            case READ_TIMELINE_HISTORY -> "TIMELINE_HISTORY";
            case READ_SLOT -> "READ_REPLICATION_SLOT";
            case CREATE_SLOT -> "CREATE_REPLICATION_SLOT";
            case ALTER_SLOT -> "ALTER_REPLICATION_SLOT";
            case DROP_SLOT -> "DROP_REPLICATION_SLOT";
            case START_REPLICATION -> "START_REPLICATION";
            case TEXT, COMMAND_NOT_SET -> "command";
        };
    }
}
