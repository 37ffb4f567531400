// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static io.walcast.postmaster.WalcastProgram.awaitMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.ipc.Latch;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.SyntheticArchive;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.transport.BlockingReceiver;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The certificate of {@code walcast serve}: one that cannot be used, one that takes another's place, one whose time is over. */
@Timeout(120)
class ServedCertificateIT {
    private static final int YEAR_DAYS = 365;
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private SyntheticArchive archive;
    private Path home;
    private Lsn end;
    private int files;

    @BeforeEach
    void initialize() throws IOException {
        archive = new SyntheticArchive(folder.resolve("archive"));
        home = archive.directory().resolve(".walcast");
        ServingProgram.initialize(archive.directory(), true, "ssl = on");
        end = archive.addSegment();
    }

    /** Puts a key and a certificate where the program reads them; returns a copy of the certificate, for clients. */
    private Path use(SelfSignedCertificate key, SelfSignedCertificate certificate) throws IOException {
        ServingProgram.write(home.resolve("server.key"), key.keyPem());
        ServingProgram.write(home.resolve("server.crt"), certificate.certificatePem());
        return Files.writeString(folder.resolve("root" + files++), certificate.certificatePem());
    }

    private static SelfSignedCertificate expiringIn(Duration time) {
        ZonedDateTime made =
                ZonedDateTime.now(ZoneOffset.UTC).minusDays(YEAR_DAYS).plus(time);
        return SelfSignedCertificate.of(List.of("localhost"), made);
    }

    private static WalReceiverConnection connect(int port, Path root, Latch latch) {
        String conninfo = "host=localhost hostaddr=127.0.0.1 port=%d user=postgres sslmode=verify-full sslrootcert=%s"
                .formatted(port, root);
        return WalReceiverTransports.load()
                .forConninfo(conninfo)
                .connect(ConnectOptions.of(conninfo, latch)
                        .withEnvironment(Map.of())
                        .withTimeout(PATIENCE));
    }

    private static void requireLogin(int port, Path root) {
        connect(port, root, new Latch()).close();
    }

    @Test
    void thatIsNotOfTheKeyKeepsTheProgramFromStarting() throws IOException {
        use(SelfSignedCertificate.forThisHost(), SelfSignedCertificate.forThisHost());
        try (ServingProgram program = ServingProgram.serve(archive.directory())) {
            Result result = program.running().await(PATIENCE);

            assertThat(result.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(result.stderr())
                    .contains("walcast serve: error: certificate does not match private key file \""
                            + home.resolve("server.key") + "\"");
        }
    }

    @Test
    void thatIsNotOfTheKeyChangesNothingAtAReload() throws IOException {
        SelfSignedCertificate good = SelfSignedCertificate.forThisHost();
        Path root = use(good, good);
        try (ServingProgram program = ServingProgram.serve(archive.directory())) {
            int port = program.port();
            requireLogin(port, root);

            use(SelfSignedCertificate.forThisHost(), SelfSignedCertificate.forThisHost());
            program.running().signal("HUP");
            awaitMessage(
                    program.running(),
                    "configuration files contain errors, nothing was changed: certificate does not match private key file");

            requireLogin(port, root);
            assertThat(program.stop().exitCode()).isZero();
        }
    }

    @Test
    void takesAnothersPlaceForThoseWhoComeAfterTheReload() throws IOException {
        SelfSignedCertificate first = SelfSignedCertificate.forThisHost();
        Path firstRoot = use(first, first);
        Latch latch = new Latch();
        try (ServingProgram program = ServingProgram.serve(archive.directory());
                WalReceiverConnection before = connect(program.port(), firstRoot, latch)) {
            int port = program.port();
            before.startStreaming(new StreamOptions.Physical(null, SyntheticArchive.START, TimelineId.FIRST));
            requireWalUpTo(before, latch, end);

            SelfSignedCertificate second = SelfSignedCertificate.forThisHost();
            Path secondRoot = use(second, second);
            program.running().signal("HUP");
            awaitLogin(port, secondRoot);
            requireRefused(port, firstRoot);

            requireWalUpTo(before, latch, archive.addSegment());
        }
    }

    @Test
    void thatExpiresEndsNobodysSessionAndLetsNobodyIn() throws IOException {
        SelfSignedCertificate first = SelfSignedCertificate.forThisHost();
        Path firstRoot = use(first, first);
        Latch latch = new Latch();
        try (ServingProgram program = ServingProgram.serve(archive.directory())) {
            int port = program.port();
            requireLogin(port, firstRoot);
            SelfSignedCertificate brief = expiringIn(SOON);
            Path root = use(brief, brief);
            program.running().signal("HUP");
            awaitLogin(port, root);
            try (WalReceiverConnection before = connect(port, root, latch)) {
                before.startStreaming(new StreamOptions.Physical(null, SyntheticArchive.START, TimelineId.FIRST));
                requireWalUpTo(before, latch, end);

                await().atMost(PATIENCE).untilAsserted(() -> requireRefused(port, root));

                requireWalUpTo(before, latch, archive.addSegment());
            }
        }
    }

    private static void awaitLogin(int port, Path root) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> requireLogin(port, root));
    }

    private static void requireRefused(int port, Path root) {
        assertThatThrownBy(() -> requireLogin(port, root)).isInstanceOf(WalException.class);
    }

    private static void requireWalUpTo(WalReceiverConnection connection, Latch latch, Lsn end) {
        BlockingReceiver receiver = new BlockingReceiver(connection, latch);
        Lsn position = Lsn.INVALID;
        while (position.isBefore(end)) {
            ServerMessage message = receiver.receive(PATIENCE);
            assertThat(message).as("WAL up to %s", end).isNotNull();
            if (message instanceof XLogData wal) {
                position = wal.start().plus(wal.payload().remaining());
            }
        }
    }
}
