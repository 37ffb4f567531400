// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.StreamStart;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver does with its directory, on one thread so that it can be repeated call by call, and what it told the world
 * while doing so.
 */
final class ReceiveScript {
    static final Path DIRECTORY = Path.of("/wal");

    /** Two and a bit segments: the first session's end. */
    static final Lsn FIRST_END = StreamBytes.START.plus(2_300_000);

    /** The second session, which restarts in the tail, ends here. */
    static final Lsn SECOND_END = StreamBytes.START.plus(3_700_000);

    /** What every run gets to in the end. */
    static final Lsn GOAL = StreamBytes.START.plus(4_500_000);

    private static final TimelineId SECOND_TIMELINE = new TimelineId(2);
    private static final byte[] HISTORY = "1\t0/600000\tno recovery target specified\n".getBytes(US_ASCII);
    private static final int PAYLOAD_BYTES = 230_000;
    private static final int PATIENCE = 20;

    final List<String> warnings = new ArrayList<>();
    private final List<String> formats;
    private final StoredContent stored;
    private int sessions;
    private Lsn acknowledged = StreamBytes.START;
    private boolean historyStored;

    ReceiveScript() {
        this(List.of(""), null);
    }

    /**
     * Makes a script that writes each session, and what it does to get to the goal, in another format.
     *
     * @param formats what the names of segments end with; the last one from then on
     */
    ReceiveScript(List<String> formats, @Nullable SegmentCompression compression) {
        this.formats = formats;
        this.stored = new StoredContent(compression);
    }

    Lsn acknowledged() {
        return acknowledged;
    }

    /** One session: opens the directory, goes on where it has to, and streams to {@code end}. */
    void receive(FaultyFileSystem fileSystem, Lsn end) {
        WalDirectoryOptions options = stored.options(formats.get(Math.min(sessions++, formats.size() - 1)))
                .withCreate(true)
                .withWarnings(warnings::add);
        try (WalDirectory wal = WalDirectory.open(fileSystem, DIRECTORY, options)) {
            wal.systemIdentifier()
                    .ifPresent(id -> assertThat(id).isEqualTo(new SystemIdentifier(StreamBytes.SYSTEM_IDENTIFIER)));
            wal.rememberIdentity(new SystemIdentifier(StreamBytes.SYSTEM_IDENTIFIER), StreamBytes.SIZE);
            Lsn start = wal.streamStart(StreamBytes.SIZE).map(StreamStart::lsn).orElse(StreamBytes.START);
            SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, start);
            try (writer) {
                stream(fileSystem, wal, writer, end);
            } finally {
                acknowledge(fileSystem, writer.flushed());
            }
        }
    }

    private void stream(FaultyFileSystem fileSystem, WalDirectory wal, SegmentWriter writer, Lsn end) {
        try {
            for (int step = 1; writer.position().isBefore(end); step++) {
                append(writer, (int) Math.min(PAYLOAD_BYTES, end.minus(writer.position())));
                if (step % 3 == 0) {
                    acknowledge(fileSystem, writer.flush());
                }
                if (writer.wantsPrepare()) {
                    writer.prepareNext();
                }
                if (step == 5) {
                    wal.writeHistory(SECOND_TIMELINE, HISTORY);
                    historyStored = true;
                }
            }
        } catch (StorageException e) {
            requireEnded(writer, e);
            throw e;
        }
    }

    private static void append(SegmentWriter writer, int bytes) {
        ByteBuffer payload = StreamBytes.from(writer.position(), bytes);
        int tries = 0;
        while (!writer.append(payload)) {
            assertThat(++tries).isLessThan(PATIENCE);
        }
    }

    /** After a failure there is no second try, whoever asks. */
    private static void requireEnded(SegmentWriter writer, StorageException failure) {
        if (String.valueOf(failure.getMessage()).startsWith("could not read")
                || failure.sqlState().isClass("53")) {
            return;
        }
        Lsn before = writer.flushed();
        assertThatThrownBy(writer::flush).isSameAs(failure);
        assertThatThrownBy(() -> writer.append(ByteBuffer.allocate(1))).isSameAs(failure);
        assertThatThrownBy(writer::prepareNext).isSameAs(failure);
        assertThat(writer.flushed()).isEqualTo(before);
    }

    private void acknowledge(FaultyFileSystem fileSystem, Lsn flushed) {
        fileSystem.note("acknowledged " + flushed);
        acknowledged = Lsn.max(acknowledged, flushed);
    }

    /** Checks that everything acknowledged is in the files, and that a restart would not leave a hole. */
    void requireSound(FaultyFileSystem found) throws IOException {
        for (Lsn at = StreamBytes.START; at.isBefore(acknowledged); at = at.plus(StreamBytes.SIZE.bytes())) {
            assertThat(stored.covers(found, at, acknowledged))
                    .as("segment at %s, acknowledged up to %s", at, acknowledged)
                    .isTrue();
        }
        if (historyStored) {
            assertThat(found.content(DIRECTORY.resolve("00000002.history"))).isEqualTo(HISTORY);
        }
        requireNoHole(found);
    }

    /** PostgreSQL's rule: the newest segment tells where to go on; so all before it must be finished and right. */
    private void requireNoHole(FaultyFileSystem found) throws IOException {
        List<String> segments = found.names(DIRECTORY).stream()
                .filter(name -> name.length() >= 24 && !name.startsWith("."))
                .toList();
        if (segments.isEmpty()) {
            return;
        }
        String newest = segments.get(segments.size() - 1).substring(0, 24);
        for (Lsn at = StreamBytes.START; StreamBytes.fileName(at).compareTo(newest) < 0; at = next(at)) {
            assertThat(stored.isFinished(found, at))
                    .as("finished segment at %s", at)
                    .isTrue();
        }
    }

    /** Goes on, without faults, to {@link #GOAL}; checks that nothing is left but what has to be, also after a crash. */
    void converge(FaultyFileSystem found) throws IOException {
        receive(found, GOAL);
        assertThat(warnings).isEmpty();
        assertThat(acknowledged).isEqualTo(GOAL);
        requireSound(found);
        assertThat(found.names(DIRECTORY.resolve(".walcast"))).containsExactly("identity", "lock");
        if (formats.size() == 1) {
            requireNoOtherFiles(found, formats.get(0));
        }
        requireSound(found.crash(CrashOutcome.nothing()));
    }

    private void requireNoOtherFiles(FaultyFileSystem found, String suffix) throws IOException {
        List<String> expected = new ArrayList<>(List.of(".walcast"));
        if (historyStored) {
            expected.add("00000002.history");
        }
        for (Lsn at = StreamBytes.START; at.isBefore(GOAL); at = next(at)) {
            expected.add(StreamBytes.fileName(at) + suffix + (next(at).isAfter(GOAL) ? ".partial" : ""));
        }
        assertThat(found.names(DIRECTORY)).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Lsn next(Lsn segmentStart) {
        return segmentStart.plus(StreamBytes.SIZE.bytes());
    }
}
