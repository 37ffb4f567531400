// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.ToolPath;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Debian's {@code pg_waldump} of PostgreSQL 15 at work on our directories. */
@RequiresTool("pg_waldump")
@Timeout(60)
class PgWaldumpIT {
    private static final int SEGMENT_BYTES = 1 << 20;

    @RegisterExtension
    static final Servers servers = new Servers(major -> Options.of(major).withWalSegmentSizeMb(1));

    @TempDir
    private Path directory;

    private final PostgresServer server = servers.of(15);

    private Lsn receiveOurselves() {
        try (Receiving receiving = Receiving.start(Receiving.config(server, directory))) {
            receiving.catchUpWith(server);
            WrittenWal.of(server, SEGMENT_BYTES * 3 / 2);
            return receiving.catchUpWith(server);
        }
    }

    @Test
    void readsOursToTheSameEnd() throws IOException {
        Lsn start = server.flushLsn();
        Lsn end = receiveOurselves();
        Path partial =
                directory.resolve(Snapshot.of(directory).names(".partial").get(0));
        String name = partial.getFileName().toString();
        Files.copy(partial, directory.resolve(name.substring(0, name.length() - ".partial".length())));
        Lsn from = new SegmentSize(SEGMENT_BYTES).startOfSegment(start);

        Tool.Result ours = waldump(directory, from, end);
        Tool.Result theirs = waldump(server.walDirectory(), from, end);

        assertThat(ours.requireSuccess().stdout())
                .isEqualTo(theirs.requireSuccess().stdout());
        assertThat(ours.stdout().lines().toList()).hasSizeGreaterThan(3);
    }

    private static Tool.Result waldump(Path directory, Lsn from, Lsn to) {
        return Tool.of(ToolPath.require("pg_waldump"))
                .run(PATIENCE, "--path=" + directory, "--start=" + from, "--end=" + to);
    }
}
