// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.Script;
import java.io.IOException;

/**
 * A {@link PrimaryScript} over PostgreSQL's own protocol: what to give to a {@code ScriptedPrimary}. Each connection
 * follows the one script.
 */
public final class LibpqScript implements Script {
    private final PrimaryScript script;

    /** Makes one. */
    public LibpqScript(PrimaryScript script) {
        this.script = requireNonNull(script, "script");
    }

    @Override
    public void run(PrimarySession session) throws IOException {
        new LibpqSession(session, script).run();
    }
}
