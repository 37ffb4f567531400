// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import io.walcast.command.ReplicationCommand;
import io.walcast.transport.Reply;

/** What a scripted session does about a command. Called by the transport; may answer later, from another thread. */
@FunctionalInterface
public interface SessionScript {

    /** Begins the command. */
    void execute(ScriptedSession session, ReplicationCommand command, Reply reply);
}
