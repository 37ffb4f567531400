// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.waldump.WalDump;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.ToolPath;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside Debian's {@code pg_waldump} of PostgreSQL 15, on the same WAL of a varied load: the same text, line by line. */
@RequiresTool("pg_waldump")
@Timeout(300)
class WalDumpIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static PostgresServer server;
    private static Lsn start;

    @BeforeAll
    static void makeWal() {
        server = PostgresServer.start(VariedLoad.options(15));
        start = VariedLoad.run(server);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--bkp-details",
                "-z",
                "--stats=record",
                "--rmgr=heap",
                "-r btree -r Transaction",
                "--fullpage",
                "--fork=fsm",
                "-F main -n 100",
                "--relation=1663/5/1259",
                "-R 1663/5/1259 -B 0 -b",
                "-qz"
            })
    void saysWhatPgWaldumpSays(String options) {
        List<String> arguments = new ArrayList<>(List.of("--path=" + server.walDirectory(), "--start=" + start));
        if (!options.isEmpty()) {
            arguments.addAll(Arrays.asList(options.split(" ")));
        }
        requireSame(arguments);
    }

    @Test
    void readsTheRangeThatPgWaldumpReads() {
        String path = server.walDirectory().toString();
        String first = segment(0);
        requireSame(List.of("-p", path, first));
        requireSame(List.of(path + "/" + first, segment(2)));
        requireSame(List.of("-p", path, "-s", start.plus(300).toString(), "-n", "5"));
        requireSame(List.of(
                "-p", path, "-s", start.toString(), "-e", start.plus(100_001).toString()));
        requireSame(List.of("-p", path, segment(2), first));
    }

    @Test
    void followsWhatIsBeingWritten(@TempDir Path directory) throws Exception {
        String path = server.walDirectory().toString();
        Run whole = Run.of(List.of("-p", path, segment(0), segment(1)));
        long records = whole.out.lines().count();
        Files.copy(server.walDirectory().resolve(segment(0)), directory.resolve(segment(0)));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Run> following = thread.submit(() -> Run.of(
                    List.of("-p", directory.toString(), "-s", start.toString(), "-f", "-n", Long.toString(records))));
            Files.copy(server.walDirectory().resolve(segment(1)), directory.resolve(segment(1) + ".partial"));

            assertThat(following.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(whole);
        } finally {
            thread.shutdownNow();
        }
    }

    private static String segment(int index) {
        SegmentSize size = new SegmentSize(1 << 20);
        return new SegmentName(TimelineId.FIRST, size.segmentNumber(start) + index).fileName(size);
    }

    private static void requireSame(List<String> arguments) {
        Run ours = Run.of(arguments);
        Tool.Result theirs = Tool.of(ToolPath.require("pg_waldump"))
                .withEnvironment("TZ", ZoneId.systemDefault().getId())
                .run(PATIENCE, arguments.toArray(String[]::new));

        requireSameLines(ours.out.lines().toList(), theirs.stdout().lines().toList());
        assertThat(ours.err.replace("walcast waldump:", "pg_waldump:")).isEqualTo(theirs.stderr());
        assertThat(ours.code).isEqualTo(theirs.exitCode());
    }

    private static void requireSameLines(List<String> ours, List<String> theirs) {
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            assertThat(ours.get(i)).isEqualTo(theirs.get(i));
        }
        assertThat(ours).hasSameSizeAs(theirs);
    }

    @Test
    void hasSeenAlmostEveryKindOfRecord() {
        Run ours = Run.of(List.of("--path=" + server.walDirectory(), "--start=" + start, "--stats=record"));

        Set<String> managers = new HashSet<>();
        long kinds = ours.out
                .lines()
                .filter(line -> line.contains("/") && line.indexOf('/') < line.indexOf(' '))
                .peek(line -> managers.add(line.substring(0, line.indexOf('/'))))
                .count();
        assertThat(managers).hasSizeGreaterThanOrEqualTo(19);
        assertThat(kinds).isGreaterThanOrEqualTo(90);
    }

    @Test
    void readsCompressedAndUnfinishedSegments(@TempDir Path directory) throws IOException {
        List<String> names = List.of(segment(0), segment(1), segment(2), segment(3));
        write(directory, names.get(0), ".gz", GZIPOutputStream::new);
        write(directory, names.get(1), ".lz4", LZ4FrameOutputStream::new);
        write(directory, names.get(2), ".zst", ZstdOutputStream::new);
        write(directory, names.get(3), ".partial", file -> file);

        Run ours = Run.of(List.of("-p", directory.toString(), names.get(0) + ".gz", names.get(3) + ".partial"));

        Run plain = Run.of(List.of("-p", server.walDirectory().toString(), names.get(0), names.get(3)));
        assertThat(ours).isEqualTo(plain);
        assertThat(ours.code).isZero();
        assertThat(ours.out.lines().count()).isGreaterThan(1000);
    }

    private static void write(Path directory, String name, String suffix, Compression compression) throws IOException {
        try (OutputStream file = compression.open(Files.newOutputStream(directory.resolve(name + suffix)))) {
            Files.copy(server.walDirectory().resolve(name), file);
        }
    }

    /** Compresses what is written. */
    private interface Compression {
        OutputStream open(OutputStream file) throws IOException;
    }

    /** What the command answered. */
    private record Run(int code, String out, String err) {
        static Run of(List<String> arguments) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int code = new WalDump().run(arguments, new PrintWriter(out), new PrintWriter(err));
            return new Run(code, out.toString(), err.toString());
        }
    }
}
