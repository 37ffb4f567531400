// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.testkit.postgres.PostgresServer;
import java.util.List;

/** One {@code pg_receivewal --no-sync} that stores the range. */
final class SendPull implements Pull {
    private final Receiver receiver;
    private final WalSource source;
    private final ReceivedRange received;
    private final MeasuredProgram program;

    SendPull(Receiver receiver, WalSource source, Workspace workspace) {
        this.receiver = receiver;
        this.source = source;
        received = new ReceivedRange(source, workspace);
        program = new MeasuredProgram(workspace.path());
    }

    @Override
    public void prepare() {
        received.prepare();
    }

    @Override
    public double pull(WalServer server) {
        String conninfo = "host=127.0.0.1 port=%d user=%s".formatted(server.port(), PostgresServer.USER);
        List<String> command = receiver.commandWithoutSync(received.directory(), conninfo, source.end());
        return program.run(command, Receiver.timeoutS(bytes())).wallS();
    }

    @Override
    public void verify(WalServer server) {
        received.verify(server.label());
    }

    @Override
    public long bytes() {
        return received.bytes();
    }

    @Override
    public int clients() {
        return 1;
    }
}
