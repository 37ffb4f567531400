// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.net.StandbyStatus;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL's own programs against scripts. */
@RequiresTool({"pg_receivewal", "psql"})
@Timeout(60)
class ScriptedPrimaryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SegmentSize SIZE = new SegmentSize(1 << 20);
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(0x6_1234_5678_9ABCL);
    private static final Lsn START = Lsn.parse("0/100000");
    private static final TimelineId SECOND = new TimelineId(2);

    @TempDir
    private Path directory;

    private final byte[] wal = new byte[2 * SIZE.bytes() + 5000];

    ScriptedPrimaryIT() {
        new Random(1).nextBytes(wal);
    }

    @Test
    void streamsToPgReceivewal() throws IOException {
        StreamingScript script = script(TimelineId.FIRST).withSlot("s", START).withStreamed(session -> {
            session.sendKeepalive(START.plus(wal.length), true);
            session.awaitStatus(status -> status.flush().equals(START.plus(wal.length)));
            session.shutDown();
        });
        try (ScriptedPrimary primary = ScriptedPrimary.start(script)) {
            Tool.Result result = receive(primary, "--no-loop", "--slot", "s", "--synchronous");

            assertThat(result.stderr()).contains("replication stream was terminated before stop point");
            assertThat(directory.resolve("000000010000000000000001")).hasBinaryContent(wal(0));
            assertThat(directory.resolve("000000010000000000000002")).hasBinaryContent(wal(1));
            byte[] partial = Files.readAllBytes(directory.resolve("000000010000000000000003.partial"));
            assertThat(Arrays.copyOf(partial, 5000)).isEqualTo(Arrays.copyOfRange(wal, 2 * SIZE.bytes(), wal.length));
            PrimarySession session = primary.sessions().get(0);
            assertThat(session.startups().get(1).parameters()).containsEntry("replication", "true");
            assertThat(session.queries())
                    .contains("READ_REPLICATION_SLOT s", "START_REPLICATION SLOT \"s\" 0/100000 TIMELINE 1");
            assertThat(session.statuses()).extracting(StandbyStatus::write).contains(START.plus(wal.length));
        }
    }

    @Test
    void endsATimelineAndGoesOnWithTheNext() throws IOException {
        Lsn switchPoint = START.plus(SIZE.bytes() + 100);
        byte[] before = Arrays.copyOf(wal, SIZE.bytes() + 100);
        Script first = session -> {
            session.acceptStartup(Map.of("server_version", "15.18"));
            session.expectQuery("SHOW data_directory_mode");
            session.sendRows(Rows.of("data_directory_mode").row("0700"), "SHOW");
            identify(session, SECOND, switchPoint);
            session.expectQuery("SHOW wal_segment_size");
            session.sendRows(Rows.of("wal_segment_size").row("1MB"), "SHOW");
            identify(session, SECOND, switchPoint);
            identify(session, SECOND, switchPoint);
            session.expectQuery("START_REPLICATION 0/100000 TIMELINE 1");
            session.sendCopyBoth();
            session.sendXLogData(START, before);
            session.endTimeline(SECOND, switchPoint);
            history(session);
            session.expectQuery("START_REPLICATION 0/200000 TIMELINE 2");
            session.sendCopyBoth();
            session.sendXLogData(START.plus(SIZE.bytes()), Arrays.copyOfRange(wal, SIZE.bytes(), wal.length));
            session.awaitCopyDone();
            session.endStreaming();
        };
        Files.write(directory.resolve("000000010000000000000001.partial"), new byte[SIZE.bytes()]);
        try (ScriptedPrimary primary = ScriptedPrimary.start(first)) {
            Tool.Result result = receive(
                    primary,
                    "--no-loop",
                    "--endpos",
                    START.plus(2L * SIZE.bytes()).toString());

            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(directory.resolve("000000020000000000000002")).hasBinaryContent(wal(1));
        }
    }

    @Test
    void streamsATimelineThatWasLeftAndThenTheNext() throws IOException {
        StreamingScript script = script(SECOND)
                .withHistory(SECOND, "1\t" + START.plus(SIZE.bytes() + 100) + "\tpromoted\n")
                .withStreamed(PrimarySession::shutDown);
        Files.write(directory.resolve("000000010000000000000001.partial"), new byte[SIZE.bytes()]);
        try (ScriptedPrimary primary = ScriptedPrimary.start(script)) {
            receive(primary, "--no-loop");

            assertThat(directory.resolve("000000010000000000000001")).hasBinaryContent(wal(0));
            assertThat(directory.resolve("000000020000000000000002")).hasBinaryContent(wal(1));
            assertThat(directory.resolve("00000002.history")).content().startsWith("1\t0/200064");
        }
    }

    @Test
    void reportsItsErrorsToTheClient() {
        Script script = session -> {
            session.acceptStartup();
            session.expectQuery("SELECT 1");
            session.sendError("42501", "you may not");
        };
        try (ScriptedPrimary primary = ScriptedPrimary.start(script)) {
            Tool.Result result = query(primary, "sslmode=prefer");

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.stderr()).contains("ERROR:  you may not");
        }
    }

    @Test
    void speaksTls() throws Exception {
        SSLContext context = tls();
        Script script = session -> {
            session.readStartup();
            session.startTls(context);
            session.acceptStartup();
            session.expectQuery("SELECT 1");
            session.sendRows(Rows.of("n").row("1").row((String) null), "SELECT 2");
            session.awaitEnd();
        };
        try (ScriptedPrimary primary = ScriptedPrimary.start(script)) {
            assertThat(query(primary, "sslmode=require").requireSuccess().stdout())
                    .contains("(2 rows)");
        }
    }

    @Test
    void canBeHostileBeforeTheStart() {
        Script script = session -> {
            session.readStartup();
            session.sendRaw(ServerMessages.error("FATAL", "XX000", "not for your eyes"));
        };
        try (ScriptedPrimary primary = ScriptedPrimary.start(script)) {
            assertThat(query(primary, "sslmode=require").exitCode()).isEqualTo(2);
        }
    }

    @Test
    void tellsAtItsCloseWhatTheClientDidNotDo() {
        Script script = session -> {
            session.acceptStartup();
            session.expectQuery("SELECT 2");
        };
        ScriptedPrimary primary = ScriptedPrimary.start(script);
        query(primary, "sslmode=disable");

        assertThatThrownBy(primary::close)
                .isInstanceOf(ScriptFailure.class)
                .hasMessage("query: 'SELECT 1' (expected: SELECT 2)");
    }

    private StreamingScript script(TimelineId timeline) {
        return StreamingScript.of(SYSTEM, timeline, SIZE, START, wal).withParameter("server_version", "15.18");
    }

    private byte[] wal(int segment) {
        return Arrays.copyOfRange(wal, segment * SIZE.bytes(), (segment + 1) * SIZE.bytes());
    }

    private static void identify(PrimarySession session, TimelineId timeline, Lsn end) throws IOException {
        session.expectQuery("IDENTIFY_SYSTEM");
        session.sendRows(
                Rows.of("systemid", "timeline", "xlogpos", "dbname")
                        .row(SYSTEM.toString(), timeline.toString(), end.toString(), null),
                "IDENTIFY_SYSTEM");
    }

    private static void history(PrimarySession session) throws IOException {
        session.expectQuery("TIMELINE_HISTORY 2");
        session.sendRows(
                Rows.of("filename", "content").row("00000002.history", "1\t0/200064\tpromoted\n"), "TIMELINE_HISTORY");
    }

    private Tool.Result receive(ScriptedPrimary primary, String... options) {
        String[] all = Arrays.copyOf(options, options.length + 3);
        all[options.length] = "--directory=" + directory;
        all[options.length + 1] = "--verbose";
        all[options.length + 2] = "--dbname=" + primary.conninfo("");
        return Tool.require("pg_receivewal").run(PATIENCE, all);
    }

    private static Tool.Result query(ScriptedPrimary primary, String options) {
        return Tool.require("psql").run(PATIENCE, "-X", "-c", "SELECT 1", primary.conninfo(options));
    }

    private SSLContext tls() throws GeneralSecurityException, IOException {
        Path store = directory.resolve("store.p12");
        Tool.of(Path.of(System.getProperty("java.home"), "bin", "keytool"))
                .run(
                        PATIENCE,
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storepass",
                        "secret",
                        "-keystore",
                        store.toString())
                .requireSuccess();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "secret".toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
