// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.ArchivedWal;
import io.walcast.core.storage.ArchivedWalOptions;
import io.walcast.core.storage.ServedSegment;
import io.walcast.core.storage.StreamStart;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.testkit.SyntheticWal;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Files of a receive directory that are not what they should be. Segments have 16 MB. */
final class StorageRunner implements BadInputRunner {
    private static final Pattern SIZE = Pattern.compile("of ([\\d,]+) ?(MB|bytes?)?(?: ([+\u2212-]) ([\\d,]+))?");
    private static final String FINISHED = "000000010000000000000001";
    private static final String NEXT = "000000010000000000000002";
    private static final int LONG_AFTER_THE_END = 8;
    private static final String HISTORY = "00000002.history";
    private static final String CONTENT = "1\t0/1000000\tx\n";

    private final Path root;
    private int number;

    StorageRunner(Path root) {
        this.root = root;
    }

    /** What a case is about. */
    private enum Subject {
        COMPRESSED("(?i).*\\.(gz|lz4|zst)\\b.*"),
        LINK("(?i).*(symlink|symbolic link).*"),
        NO_FILE("(?i).*file is a .*"),
        PARTIAL("(?i).*\\.partial .*"),
        SIZE("(?i)(segment )?file of .*"),
        NAMES("(?i)name .*"),
        LEFT_OVER("(?i).*\\.history\\.tmp .*"),
        OTHER_CONTENT("(?i).*differs from the file we hold.*"),
        MODE("(?i).*file mode .*"),
        OF_THE_FIRST("(?i)tli 1 has a history file.*");

        private final Pattern name;

        Subject(String name) {
            this.name = Pattern.compile(name);
        }
    }

    private static @Nullable Subject subject(BadInput input) {
        for (Subject subject : Subject.values()) {
            if (subject.name.matcher(input.name()).matches()) {
                return subject;
            }
        }
        return null;
    }

    static boolean isAboutFiles(BadInput input) {
        return subject(input) != null;
    }

    @Override
    public boolean applies(BadInput input) {
        boolean kind = input.kind().equals("wal") || input.kind().equals("history");
        return kind && isAboutFiles(input);
    }

    @Override
    public Answer answer(BadInput input) throws IOException {
        Path directory = Files.createDirectory(root.resolve("storage" + number++));
        Path file = directory.resolve(input.kind().equals("history") ? HISTORY : FINISHED);
        return switch (requireNonNull(subject(input))) {
            case LINK -> linked(input, file);
            case NO_FILE -> noFile(file);
            case PARTIAL -> oddPartial(input, directory);
            case SIZE -> oddSegment(input, file);
            case NAMES -> oddNames(directory);
            case LEFT_OVER -> leftOver(input, directory);
            case OTHER_CONTENT -> otherContent(input, directory);
            case MODE -> openToOthers(input, file);
            case OF_THE_FIRST -> historyOfTheFirst(input, directory);
            case COMPRESSED -> compressed(input, directory);
        };
    }

    /** A segment of an archive, after one that is plain and right. */
    private static Answer compressed(BadInput input, Path directory) throws IOException {
        SyntheticWal wal =
                new SyntheticWal(SegmentUnderTest.SYSTEM, TimelineId.FIRST, SegmentUnderTest.SIZE, input.hashCode());
        Files.write(directory.resolve(FINISHED), wal.bytes(SegmentUnderTest.START, SegmentUnderTest.SIZE.bytes()));
        boolean endless = input.isAbout("expands");
        try (OutputStream file = Files.newOutputStream(directory.resolve(NEXT + ".gz"))) {
            OutputStream gzip = new GZIPOutputStream(file);
            byte[] segment = wal.bytes(SegmentUnderTest.SIZE.start(2), SegmentUnderTest.SIZE.bytes());
            for (int i = 0; i < (endless ? LONG_AFTER_THE_END : 1); i++) {
                gzip.write(segment);
            }
            gzip.flush();
            ((GZIPOutputStream) gzip).finish();
            if (!endless) {
                file.write(input.bytes());
                file.write(input.bytes());
            }
        }
        ArchivedWal archive = ArchivedWal.open(directory, ArchivedWalOptions.of(directory));
        archive.poll();
        archive.poll();
        try (ServedSegment opened = archive.open(TimelineId.FIRST, 2)) {
            return Answer.accepted("opened " + opened);
        } catch (StorageException e) {
            return Answer.of("refuse file", e);
        }
    }

    private static Answer linked(BadInput input, Path file) throws IOException {
        Path elsewhere = Files.write(file.resolveSibling("elsewhere"), input.bytes());
        Files.createSymbolicLink(file, elsewhere);
        return refusedAtOpen(file);
    }

    /** A directory, and then something that is neither a file nor a directory. */
    private static Answer noFile(Path file) throws IOException {
        Files.createDirectory(file);
        Answer directory = refusedAtOpen(file);
        Files.delete(file);
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(file));
            Answer special = refusedAtOpen(file);
            return directory.equals(special) ? special : new Answer(special.action(), "", special + ", " + directory);
        }
    }

    private static Answer refusedAtOpen(Path file) {
        try (WalDirectory opened = open(requireNonNull(file.getParent()), new ArrayList<>())) {
            return Answer.accepted("opened " + opened.path());
        } catch (StorageException e) {
            return Answer.of("refuse file", e);
        }
    }

    private static Answer oddSegment(BadInput input, Path file) throws IOException {
        SparseFile.create(file, size(input));
        List<String> warnings = new ArrayList<>();
        try (WalDirectory opened = open(requireNonNull(file.getParent()), warnings)) {
            Optional<StreamStart> start = opened.streamStart(SegmentUnderTest.SIZE);
            boolean skipped = start.isEmpty() && warnings.size() == 1 && Files.size(file) == size(input);
            return new Answer(skipped ? "skip file, WARNING" : "accept", "", warnings.toString());
        }
    }

    private static Answer oddPartial(BadInput input, Path directory) throws IOException {
        Path partial = directory.resolve(FINISHED + ".partial");
        SparseFile.create(partial, size(input));
        List<String> warnings = new ArrayList<>();
        try (WalDirectory opened = open(directory, warnings)) {
            Optional<StreamStart> start = opened.streamStart(SegmentUnderTest.SIZE);
            boolean aside = Files.exists(directory.resolve(".walcast").resolve(FINISHED + ".partial.corrupt.1"));
            boolean fetchedAgain = start.map(StreamStart::lsn).equals(Optional.of(Lsn.parse("0/1000000")));
            boolean empty = Files.size(partial) == 0;
            String message = "moved to .corrupt.1; re-fetched from %s; %s".formatted(start, warnings);
            if (!fetchedAgain || !empty || aside == (size(input) == 0)) {
                return new Answer("start at %s, aside %s".formatted(start, aside), "", message);
            }
            // Nothing has to be kept of an empty one.
            boolean nothing = size(input) == 0 && input.wants("accept");
            return new Answer(nothing ? "accept" : "truncate to 0 after copying aside", "", message);
        }
    }

    private static Answer oddNames(Path directory) throws IOException {
        List<String> names =
                List.of("00000001000000000000000a", "0000000100000000000000001", "000000000000000000000001");
        for (String name : names) {
            Files.createFile(directory.resolve(name));
        }
        List<String> warnings = new ArrayList<>();
        try (WalDirectory opened = open(directory, warnings)) {
            boolean ignored = opened.streamStart(SegmentUnderTest.SIZE).isEmpty() && warnings.size() == names.size();
            return new Answer(ignored ? "ignore, WARNING once" : "accept", "", warnings.toString());
        }
    }

    private static Answer leftOver(BadInput input, Path directory) throws IOException {
        Path left = Files.write(directory.resolve(HISTORY + ".tmp"), input.bytes());
        try (WalDirectory opened = open(directory, new ArrayList<>())) {
            boolean gone = Files.notExists(left) && !opened.hasHistory(TimelineId.of(2));
            return new Answer(gone ? "delete at start" : "accept", "", "");
        }
    }

    private static Answer otherContent(BadInput input, Path directory) throws IOException {
        byte[] held = CONTENT.getBytes(StandardCharsets.US_ASCII);
        try (WalDirectory opened = open(directory, new ArrayList<>())) {
            opened.writeHistory(TimelineId.of(2), held);
            opened.writeHistory(TimelineId.of(2), input.bytes());
            return Answer.accepted("replaced");
        } catch (RefusedException e) {
            boolean kept = new String(Files.readAllBytes(directory.resolve(HISTORY)), StandardCharsets.US_ASCII)
                    .equals(CONTENT);
            return Answer.of(kept ? "stop receiver, keep files" : "lose the file", e);
        }
    }

    private static Answer openToOthers(BadInput input, Path file) throws IOException {
        Files.write(file, input.bytes());
        Matcher octal = Pattern.compile("0?([0-7]{3})\\b").matcher(input.name());
        Files.setPosixFilePermissions(file, octal.find() ? permissions(octal.group(1)) : permissions("666"));
        List<String> warnings = new ArrayList<>();
        try (WalDirectory opened = open(requireNonNull(file.getParent()), warnings)) {
            boolean read = opened.readHistory(TimelineId.of(2)).isPresent();
            return new Answer(
                    read ? (warnings.isEmpty() ? "accept" : "accept, WARNING") : "ignore", "", warnings.toString());
        }
    }

    private static Answer historyOfTheFirst(BadInput input, Path directory) throws IOException {
        Files.write(directory.resolve("00000001.history"), input.bytes());
        try (WalDirectory opened = open(directory, new ArrayList<>())) {
            // Nobody reads the history of timeline 1: it has no parent.
            TimelineHistory history = TimelineHistory.withoutParents(TimelineId.FIRST);
            boolean ignored = opened.streamStart(SegmentUnderTest.SIZE).isEmpty()
                    && history.entries().size() == 1;
            return new Answer(ignored ? "ignore" : "accept", "", "timeline 1 has no parent");
        }
    }

    private static WalDirectory open(Path directory, List<String> warnings) {
        return WalDirectory.open(directory, WalDirectoryOptions.DEFAULTS.withWarnings(warnings::add));
    }

    private static Set<PosixFilePermission> permissions(String octal) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < octal.length(); i++) {
            int bits = octal.charAt(i) - '0';
            text.append((bits & 4) != 0 ? 'r' : '-').append((bits & 2) != 0 ? 'w' : '-');
            text.append((bits & 1) != 0 ? 'x' : '-');
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    /** Returns the size that the name tells, for example {@code 16 MB - 1} or {@code 12,288 bytes}. */
    private static long size(BadInput input) {
        Matcher matcher = SIZE.matcher(input.name());
        if (!matcher.find()) {
            return 0;
        }
        long size = Long.parseLong(matcher.group(1).replace(",", ""));
        long bytes = "MB".equals(matcher.group(2)) ? size << 20 : size;
        if (matcher.group(3) == null) {
            return bytes;
        }
        long odd = Long.parseLong(matcher.group(4).replace(",", ""));
        return matcher.group(3).equals("+") ? bytes + odd : bytes - odd;
    }
}
