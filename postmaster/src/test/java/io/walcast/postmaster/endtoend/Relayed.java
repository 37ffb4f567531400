// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the tests of real standbys behind a relay have in common. */
final class Relayed {
    /** What the primary knows the relay as. */
    static final String RELAY = "relay";

    /** A query for all that a {@code Load} has written, as one value. */
    static final String CONTENTS =
            "SELECT count(*) || ' ' || md5(string_agg(md5(payload), '' ORDER BY payload)) FROM walcast_load";

    private static final Pattern COMPLAINT = Pattern.compile("WARNING:|ERROR:|FATAL:|PANIC:");
    private static final Pattern READY = Pattern.compile("WAL up to ([0-9A-F]+/[0-9A-F]+)");

    private Relayed() {}

    /** Makes the home of a relay in {@code directory} that passes feedback on and tries again soon. */
    static void initialize(Path directory) {
        ServingProgram.initialize(
                directory,
                false,
                "hot_standby_feedback = on",
                "wal_receiver_status_interval = 1s",
                "wal_retrieve_retry_interval = 100ms");
    }

    /** Starts a relay in {@code directory} behind whatever listens on {@code port}. */
    static ServingProgram relay(Path directory, int port) {
        return relay(directory, 0, port);
    }

    /** Starts the same, to listen on {@code port}. */
    static ServingProgram relay(Path directory, int port, int upstream) {
        return ServingProgram.relay(directory, port, Receiving.conninfo(upstream) + " application_name=" + RELAY);
    }

    /** Waits until {@code primary} streams to the relay. */
    static void awaitRelay(PostgresServer primary) {
        primary.await(
                "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming' AND application_name = '"
                        + RELAY + "'",
                PATIENCE);
    }

    /** Returns what the relay in {@code directory} says of itself, without blanks around colons and commas. */
    static String status(Path directory) {
        try {
            Path file = directory.resolve("status.json");
            return !Files.exists(file) ? "" : Files.readString(file).replaceAll("\\s*([:,])\\s+", "$1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates a replication slot on the relay by our own program. */
    static void createSlot(ServingProgram relay, String slot) {
        WalcastProgram.walcast()
                .run(PATIENCE, "receivewal", "--create-slot", "-S", slot, "-d", relay.conninfo())
                .requireSuccess();
    }

    /** Returns the options of a standby that takes its WAL from {@code conninfo} and tries again soon. */
    static Options standby(int major, String conninfo) {
        return Options.of(major)
                .withPrimaryConninfo(conninfo)
                .withConfiguration("wal_receiver_status_interval", "1s")
                .withConfiguration("wal_retrieve_retry_interval", "100ms");
    }

    /** Waits until {@code standby} has replayed all before {@code end}. */
    static void awaitReplay(PostgresServer standby, Lsn end) {
        standby.await("SELECT pg_last_wal_replay_lsn() >= '" + end + "'", PATIENCE);
    }

    /** Requires that the server has complained of nothing, but of ourselves who came before it was ready. */
    static void requireNoComplaint(PostgresServer server, String... expected) {
        assertThat(complaints(server))
                .as("complaints of PostgreSQL %d on port %d", server.major(), server.port())
                .allMatch(line -> Stream.concat(Stream.of("the database system is"), Arrays.stream(expected))
                        .anyMatch(line::contains));
    }

    private static List<String> complaints(PostgresServer server) {
        try (Stream<String> lines = Files.lines(server.log())) {
            return lines.filter(line -> COMPLAINT.matcher(line).find()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #requireSameWal(PostgresServer, Path, SegmentSize, TimelineId, Lsn)}, with a server that runs. */
    static void requireSameWal(PostgresServer standby, PostgresServer source, TimelineId timeline, Lsn upTo) {
        requireSameWal(standby, source.walDirectory(), source.segmentSize(), timeline, upTo);
    }

    /**
     * Requires that the WAL of {@code standby} on {@code timeline} equals that in {@code source}, without a gap, from the
     * oldest it has up to {@code upTo}; what lies behind that does not count.
     */
    static void requireSameWal(PostgresServer standby, Path source, SegmentSize size, TimelineId timeline, Lsn upTo) {
        Lsn start = oldest(standby.walDirectory(), timeline, size);
        assertThat(start).isLessThan(upTo);
        for (Lsn at = start; at.isBefore(upTo); at = at.plus(size.bytes())) {
            String name = SegmentName.containing(timeline, at, size).fileName(size);
            int length = (int) Math.min(size.bytes(), upTo.minus(at));
            int mismatch = Arrays.mismatch(
                    head(standby.walDirectory().resolve(name), length), head(ownFile(source, name), length));
            assertThat(mismatch).as("offset in %s at which it differs", name).isNegative();
        }
    }

    private static Lsn oldest(Path directory, TimelineId timeline, SegmentSize size) {
        Pattern segment = Pattern.compile("%08X[0-9A-F]{16}".formatted(Long.parseLong(timeline.toString())));
        try (Stream<Path> files = Files.list(directory)) {
            String first = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> segment.matcher(name).matches())
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no WAL of timeline " + timeline + " in " + directory));
            return SegmentName.parse(first, size).orElseThrow().start(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server that left a timeline renames its last segment there. */
    private static Path ownFile(Path source, String name) {
        Path whole = source.resolve(name);
        return Files.exists(whole) ? whole : source.resolve(name + ".partial");
    }

    private static byte[] head(Path file, int length) {
        try {
            return Arrays.copyOf(Files.readAllBytes(file), length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the position that the relay has said it can serve from when it started. */
    static Lsn readyUpTo(ServingProgram relay) {
        // It says so after it has said where it listens.
        await().atMost(PATIENCE)
                .until(() -> READY.matcher(relay.running().stderr()).find());
        Matcher ready = READY.matcher(relay.running().stderr());
        assertThat(ready.find()).isTrue();
        return Lsn.parse(ready.group(1));
    }
}
