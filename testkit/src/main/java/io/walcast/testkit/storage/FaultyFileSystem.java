// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.storage.FileEntry;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.WalFile;
import io.walcast.core.storage.WalFileSystem;
import io.walcast.testkit.storage.FileCall.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory for tests. Every call has a number; any can be made to fail, or be held up, or be the last one before
 * the machine stops. What a crash leaves of unsynced bytes, sizes and names is decided by a {@link CrashOutcome}.
 *
 * <p>Threading: any thread.
 */
public final class FaultyFileSystem implements WalFileSystem {
    private final FaultPlan plan = new FaultPlan();
    private final Object lock = new Object();
    private final DirectoryNode root;
    private final Map<Path, String> locks = new HashMap<>();
    private @Nullable CrashOutcome writeBack;
    private long capacity = Long.MAX_VALUE;

    /** Makes one with nothing but the root directory. */
    public FaultyFileSystem() {
        this(new DirectoryNode(FileMode.OWNER));
    }

    private FaultyFileSystem(DirectoryNode root) {
        this.root = root;
    }

    /** Makes call {@code number} fail. */
    public void failCall(long number, Fault fault) {
        plan.fail(call -> call.number() == number, fault);
    }

    /** Makes every call fail that {@code which} picks, until {@link #heal}. */
    public void failWhen(Predicate<FileCall> which, Fault fault) {
        plan.fail(which, fault);
    }

    /** Ends what {@link #failCall} and {@link #failWhen} asked for. */
    public void heal() {
        plan.heal();
    }

    /** Stops the machine before call {@code number}: it and all later ones throw {@link SimulatedCrash}. */
    public void crashBefore(long number) {
        plan.crashBefore(call -> call.number() >= number);
    }

    /** Stops the machine before the first call that {@code which} picks. */
    public void crashBefore(Predicate<FileCall> which) {
        plan.crashBefore(which);
    }

    /** Tells {@code hook} of each call before it is carried out. The hook may wait; other threads' calls go on. */
    public void beforeEachCall(Consumer<FileCall> hook) {
        plan.beforeEach(hook);
    }

    /** Lets the kernel write some dirty pages by itself at each write; which ones depends on {@code seed}. */
    public void writeBackAtRandom(long seed) {
        synchronized (lock) {
            writeBack = CrashOutcome.random(seed);
        }
    }

    /** Sets how many bytes all files together may have. */
    public void setCapacity(long bytes) {
        synchronized (lock) {
            capacity = bytes;
        }
    }

    /** Returns the calls and notes so far, in order. */
    public List<FileCall> log() {
        return plan.log();
    }

    /** Returns how many calls there were. */
    public long calls() {
        return plan.calls();
    }

    /** Puts a note into the log, such as "acknowledged 0/500000". */
    public void note(String text) {
        plan.note(new FileCall(plan.calls(), Kind.NOTE, Path.of("/"), text));
    }

    /** Ends this machine; returns the one found after the reboot. May be asked several times, for several outcomes. */
    public FaultyFileSystem crash(CrashOutcome outcome) {
        plan.stop();
        synchronized (lock) {
            return new FaultyFileSystem(root.afterCrash(outcome));
        }
    }

    /**
     * Ends this process and returns what the next one on the same machine finds: all that was written, synced or not.
     *
     * @param evict whether the cache has dropped what it believes to be clean, so that the victims of a failed sync show
     */
    public FaultyFileSystem kill(boolean evict) {
        plan.stop();
        synchronized (lock) {
            if (evict) {
                evict(root);
            }
            return new FaultyFileSystem(root);
        }
    }

    private static void evict(DirectoryNode directory) {
        for (Node node : directory.entries().values()) {
            if (node instanceof DirectoryNode inner) {
                evict(inner);
            } else if (node instanceof FileNode file) {
                file.evict();
            }
        }
    }

    /** Lets the kernel write all names to disk by itself, as a journal does every few seconds; not what is in the files. */
    public void settleNames() {
        synchronized (lock) {
            root.syncAll();
        }
    }

    /** Returns the bytes of a file, without this being a call. */
    public byte[] content(Path file) throws IOException {
        synchronized (lock) {
            FileNode node = fileNode(file);
            ByteBuffer content = ByteBuffer.allocate(node.size());
            node.read(content, 0);
            return content.array();
        }
    }

    /** Returns one line for each file, with its size and checksums: the same text, the same contents. */
    public String inventory() {
        synchronized (lock) {
            StringBuilder text = new StringBuilder();
            root.describe("", text);
            return text.toString();
        }
    }

    /** Returns the names in a directory, sorted, without this being a call; none if there is no such directory. */
    public List<String> names(Path directory) {
        synchronized (lock) {
            return find(directory) instanceof DirectoryNode node
                    ? List.copyOf(node.entries().keySet())
                    : List.of();
        }
    }

    @Override
    public WalFile create(Path file, FileMode mode) throws IOException {
        begin(Kind.CREATE, file, "");
        synchronized (lock) {
            DirectoryNode parent = parent(file);
            if (parent.get(name(file)) != null) {
                throw new FileAlreadyExistsException(file.toString());
            }
            FileNode node = new FileNode(mode);
            parent.put(name(file), node);
            return new FaultyFile(this, file, node, true);
        }
    }

    @Override
    public WalFile open(Path file) throws IOException {
        return open(file, true);
    }

    @Override
    public WalFile openForReading(Path file) throws IOException {
        return open(file, false);
    }

    private WalFile open(Path file, boolean writable) throws IOException {
        begin(Kind.OPEN, file, writable ? "rw" : "r");
        synchronized (lock) {
            return new FaultyFile(this, file, fileNode(file), writable);
        }
    }

    @Override
    public void createDirectory(Path directory, FileMode mode) throws IOException {
        begin(Kind.CREATE_DIRECTORY, directory, "");
        synchronized (lock) {
            DirectoryNode parent = parent(directory);
            if (parent.get(name(directory)) != null) {
                throw new FileAlreadyExistsException(directory.toString());
            }
            parent.put(name(directory), new DirectoryNode(mode));
        }
    }

    @Override
    public boolean isDirectory(Path directory) throws IOException {
        begin(Kind.STAT, directory, "");
        synchronized (lock) {
            return find(directory) instanceof DirectoryNode;
        }
    }

    @Override
    public Optional<FileEntry> stat(Path path) throws IOException {
        begin(Kind.STAT, path, "");
        synchronized (lock) {
            Node node = find(path);
            return node == null ? Optional.empty() : Optional.of(entry(name(path), node));
        }
    }

    @Override
    public List<FileEntry> list(Path directory) throws IOException {
        begin(Kind.LIST, directory, "");
        synchronized (lock) {
            List<FileEntry> entries = new ArrayList<>();
            directoryNode(directory).entries().forEach((name, node) -> entries.add(entry(name, node)));
            return entries;
        }
    }

    private static FileEntry entry(String name, Node node) {
        return node instanceof FileNode file
                ? new FileEntry(name, FileEntry.Kind.REGULAR, file.size(), file.mode.file())
                : new FileEntry(name, FileEntry.Kind.DIRECTORY, 0, ((DirectoryNode) node).mode.directory());
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        begin(Kind.RENAME, to, from.toString());
        synchronized (lock) {
            Node node = node(from);
            requireEmpty(to);
            DirectoryNode source = parent(from);
            DirectoryNode target = parent(to);
            if (source == target) {
                source.rename(name(from), name(to), node);
            } else {
                target.put(name(to), node);
                source.remove(name(from));
            }
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        begin(Kind.DELETE, file, "");
        synchronized (lock) {
            node(file);
            requireEmpty(file);
            parent(file).remove(name(file));
        }
    }

    /** A failed one leaves the names unsynced; a later one covers them. */
    @Override
    public void syncDirectory(Path directory) throws IOException {
        begin(Kind.SYNC_DIRECTORY, directory, "");
        synchronized (lock) {
            directoryNode(directory).sync();
        }
    }

    @Override
    public @Nullable Closeable lock(Path file, String owner) throws IOException {
        begin(Kind.LOCK, file, owner);
        synchronized (lock) {
            if (find(file) == null) {
                parent(file).put(name(file), new FileNode(FileMode.OWNER));
            }
            return locks.putIfAbsent(file, owner) == null ? () -> unlock(file) : null;
        }
    }

    private void unlock(Path file) {
        synchronized (lock) {
            locks.remove(file);
        }
    }

    @Override
    public String lockOwner(Path file) {
        synchronized (lock) {
            return locks.getOrDefault(file, "");
        }
    }

    /** Notes a call that may fail, and fails it if it has to. */
    private void begin(Kind kind, Path path, String detail) throws IOException {
        Fault fault = plan.begin(new FileCall(0, kind, path, detail));
        if (fault != null) {
            throw fault.exception(path);
        }
    }

    /** Notes a call on a file; returns how it has to fail. */
    @Nullable
    Fault begin(FaultyFile file, Kind kind, String detail) {
        return plan.begin(new FileCall(0, kind, file.path(), detail));
    }

    void write(FaultyFile file, FileNode node, ByteBuffer source, long position, @Nullable Fault fault)
            throws IOException {
        synchronized (lock) {
            int bytes = fault == null ? source.remaining() : source.remaining() / 2;
            long growth = Math.max(0, position + bytes - node.size());
            long room = growth == 0 ? 0 : Math.max(0, capacity - used(root));
            int fits = (int) (bytes - Math.max(0, growth - room));
            node.write(source, fits, Math.toIntExact(position));
            if (writeBack != null) {
                node.writeBack(writeBack);
            }
            if (fits < bytes) {
                throw Fault.ENOSPC.exception(file.path());
            }
        }
        if (fault != null) {
            throw fault.exception(file.path());
        }
    }

    void force(FaultyFile file, FileNode node, @Nullable Fault fault) throws IOException {
        synchronized (lock) {
            if (fault == null) {
                node.force();
                return;
            }
            node.forceInVain(CrashOutcome.random(plan.calls()));
        }
        throw fault.exception(file.path());
    }

    int read(FileNode node, ByteBuffer target, long position) {
        synchronized (lock) {
            return node.read(target, position);
        }
    }

    void truncate(FileNode node, long size) {
        synchronized (lock) {
            node.truncate(Math.toIntExact(size));
        }
    }

    int size(FileNode node) {
        synchronized (lock) {
            return node.size();
        }
    }

    private static long used(DirectoryNode directory) {
        long used = 0;
        for (Node node : directory.entries().values()) {
            used += node instanceof FileNode file ? file.size() : used((DirectoryNode) node);
        }
        return used;
    }

    private @Nullable Node find(Path path) {
        Node node = root;
        for (Path part : path.toAbsolutePath().normalize()) {
            node = node instanceof DirectoryNode directory ? directory.get(part.toString()) : null;
        }
        return node;
    }

    private DirectoryNode parent(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        return directoryNode(parent == null ? path : parent);
    }

    private DirectoryNode directoryNode(Path path) throws IOException {
        if (find(path) instanceof DirectoryNode directory) {
            return directory;
        }
        throw new NoSuchFileException(path.toString());
    }

    private Node node(Path path) throws IOException {
        Node node = find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    private void requireEmpty(Path path) throws IOException {
        if (find(path) instanceof DirectoryNode directory
                && !directory.entries().isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
    }

    private FileNode fileNode(Path path) throws IOException {
        if (find(path) instanceof FileNode file) {
            return file;
        }
        throw new NoSuchFileException(path.toString());
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
