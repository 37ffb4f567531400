// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.WalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One {@code pg_receivewal --no-sync} that stores the range. */
final class SendPull implements Pull {
    private static final String DIRECTORY = "received";
    private static final String PARTIAL = ".partial";

    /** Of one run; a disk that takes 10 MB in a second still passes. */
    private static final long BASE_TIMEOUT_S = 60;

    private static final long SLOWEST_BYTES_PER_S = 10L << 20;

    private final Receiver receiver;
    private final WalSource source;
    private final Workspace workspace;
    private final MeasuredProgram program;
    private final Path directory;

    SendPull(Receiver receiver, WalSource source, Workspace workspace) {
        this.receiver = receiver;
        this.source = source;
        this.workspace = workspace;
        program = new MeasuredProgram(workspace.path());
        directory = workspace.path().resolve(DIRECTORY);
    }

    /** Leaves an unfinished segment in an empty directory: the receiver begins anew with that one. */
    @Override
    public void prepare() {
        workspace.freshDirectory(DIRECTORY);
        String first = source.firstSegment().fileName(source.server().segmentSize());
        try {
            Files.createFile(directory.resolve(first + PARTIAL));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        workspace.sync();
    }

    @Override
    public double pull(WalServer server) {
        String conninfo = "host=127.0.0.1 port=%d user=%s".formatted(server.port(), PostgresServer.USER);
        List<String> command = receiver.commandWithoutSync(directory, conninfo, source.end());
        return program.run(command, BASE_TIMEOUT_S + bytes() / SLOWEST_BYTES_PER_S)
                .wallS();
    }

    @Override
    public void verify(WalServer server) {
        Lsn end = source.end();
        WalFiles.Comparison comparison = WalFiles.compare(directory, source.server(), end);
        if (!comparison.isEqual() || comparison.bytes() < bytes()) {
            throw new MeasurementException("from %s: %d bytes compared (expected: %d), differences: %s"
                    .formatted(server.label(), comparison.bytes(), bytes(), comparison.differences()));
        }
    }

    @Override
    public long bytes() {
        return source.end().minus(source.start());
    }

    @Override
    public int clients() {
        return 1;
    }
}
