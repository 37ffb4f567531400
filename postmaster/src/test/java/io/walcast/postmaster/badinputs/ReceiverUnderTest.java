// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.error.WalException;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.ipc.AgentThreads;
import io.walcast.ipc.Clock;
import io.walcast.ipc.WalRcvShared;
import io.walcast.testkit.primary.Script;
import io.walcast.testkit.primary.ScriptedPrimary;
import io.walcast.transport.WalReceiverTransports;
import io.walcast.walreceiver.WalReceiverConfig;
import io.walcast.walreceiver.WalReceiverListener;
import io.walcast.walreceiver.WalReceiverSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A walreceiver on PostgreSQL's protocol, connected to a primary that follows a script, for one session. */
final class ReceiverUnderTest implements WalReceiverListener {
    private static final long PATIENCE_S = 20;

    private final List<String> warnings = new CopyOnWriteArrayList<>();

    /**
     * Runs one session against {@code script}, until it ends by itself or {@code survived} is completed.
     *
     * @return how it ended, or what {@code survived} says
     */
    Answer run(Path path, Script script, CompletableFuture<Answer> survived) throws Exception {
        try (ScriptedPrimary primary = ScriptedPrimary.start(script);
                WalDirectory directory = WalDirectory.open(path, WalDirectoryOptions.DEFAULTS.withCreate(true))) {
            String conninfo = primary.conninfo("");
            WalReceiverSession session = new WalReceiverSession(
                    WalReceiverConfig.of(conninfo, path).withEnvironment(Map.of()),
                    WalReceiverTransports.load().forConninfo(conninfo),
                    directory,
                    new WalRcvShared(),
                    this,
                    Clock.system(),
                    new AgentThreads("bad-inputs"));
            CompletableFuture<Answer> ended = CompletableFuture.supplyAsync(() -> end(session));
            CompletableFuture<Object> first = CompletableFuture.anyOf(ended, survived);
            try {
                first.get(PATIENCE_S, TimeUnit.SECONDS);
            } finally {
                session.stop();
                ended.get(PATIENCE_S, TimeUnit.SECONDS);
            }
            return survived.isDone() ? survived.get() : ended.get();
        }
    }

    /** Returns the warnings so far. */
    List<String> warnings() {
        return warnings;
    }

    private static Answer end(WalReceiverSession session) {
        try {
            return Answer.accepted(session.run().toString());
        } catch (WalException e) {
            return Answer.ended(e);
        }
    }

    @Override
    public void onWarning(String message) {
        warnings.add(message);
    }
}
