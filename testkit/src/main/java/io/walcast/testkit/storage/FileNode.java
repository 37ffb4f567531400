// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.storage.FileMode;
import io.walcast.testkit.storage.CrashOutcome.Unsynced;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * A file as the kernel has it: what readers see, what is on the disk, and which pages of the first are newer than the second
 * and still known to be so. After a failed sync a page may be newer and not known to be: readers see it, no later sync
 * writes it.
 */
final class FileNode implements Node {
    static final int PAGE = 4096;
    static final int SECTOR = 512;

    /** So many earlier contents of a page, and sizes, the kernel may have put on disk by itself; the newest ones count. */
    private static final int EARLIER = 3;

    final FileMode mode;
    private byte[] seen = new byte[0];
    private byte[] onDisk = new byte[0];
    private int size;
    private int sizeOnDisk;
    private boolean sizeDirty;
    private final BitSet dirty = new BitSet();

    /** What dirty pages held before their newest change and after the last sync, newest first. */
    private final Map<Integer, Deque<byte[]>> earlierPages = new HashMap<>();

    /** The same of the size. */
    private final Deque<Integer> earlierSizes = new ArrayDeque<>();

    /** Whether the arrays belong to another node too, or to both purposes: to be copied before they are changed. */
    private boolean shared;

    /** The checksums of what readers see, and of what is on disk; null where not known. */
    private @Nullable String sumSeen;

    private @Nullable String sumOnDisk;

    FileNode(FileMode mode) {
        this.mode = mode;
    }

    int size() {
        return size;
    }

    int read(ByteBuffer target, long position) {
        if (position >= size) {
            return -1;
        }
        int bytes = (int) Math.min(target.remaining(), size - position);
        target.put(seen, (int) position, bytes);
        return bytes;
    }

    /** Writes {@code bytes} bytes of {@code source}. */
    void write(ByteBuffer source, int bytes, int position) {
        if (bytes == 0) {
            return;
        }
        unshare();
        int end = position + bytes;
        if (end > seen.length) {
            seen = Arrays.copyOf(seen, Math.max(end, 2 * seen.length));
        }
        for (int page = dirty.nextSetBit(position / PAGE); page >= 0 && page * PAGE < end; page = nextDirty(page)) {
            keepEarlier(
                    earlierPages.computeIfAbsent(page, p -> new ArrayDeque<>()),
                    Arrays.copyOfRange(seen, page * PAGE, Math.min((page + 1) * PAGE, seen.length)));
        }
        source.get(seen, position, bytes);
        if (end > size) {
            resize(end);
        }
        dirty.set(position / PAGE, (end - 1) / PAGE + 1);
    }

    private int nextDirty(int page) {
        return dirty.nextSetBit(page + 1);
    }

    private void resize(int newSize) {
        if (sizeDirty) {
            keepEarlier(earlierSizes, size);
        }
        size = newSize;
        sizeDirty = true;
    }

    private static <T> void keepEarlier(Deque<T> earlier, T value) {
        earlier.addFirst(value);
        if (earlier.size() > EARLIER) {
            earlier.removeLast();
        }
    }

    private void allClean() {
        dirty.clear();
        earlierPages.clear();
    }

    void truncate(int newSize) {
        if (newSize < size) {
            unshare();
            Arrays.fill(seen, newSize, size, (byte) 0);
            resize(newSize);
            int pages = (newSize + PAGE - 1) / PAGE;
            dirty.clear(pages, Math.max(dirty.length(), pages));
            earlierPages.keySet().removeIf(page -> page >= pages);
        }
    }

    /** Puts on disk what is known to be newer. */
    void force() {
        unshare();
        for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
            toDisk(page * PAGE, PAGE);
        }
        allClean();
        forceSize();
    }

    private void forceSize() {
        if (sizeDirty) {
            sizeIsClean();
            cutDisk(size);
        }
    }

    private void sizeIsClean() {
        sizeDirty = false;
        earlierSizes.clear();
    }

    private void cutDisk(int newSize) {
        if (newSize < sizeOnDisk) {
            Arrays.fill(onDisk, newSize, sizeOnDisk, (byte) 0);
        }
        sizeOnDisk = newSize;
    }

    /** A sync that fails: some pages get to the disk, all turn clean. */
    void forceInVain(CrashOutcome outcome) {
        unshare();
        for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
            if (outcome.survives(Unsynced.PAGE)) {
                toDisk(page * PAGE, PAGE);
            }
        }
        allClean();
        if (sizeDirty && outcome.survives(Unsynced.SIZE)) {
            cutDisk(size);
        }
        sizeIsClean();
    }

    /** The kernel writes some pages by itself. */
    void writeBack(CrashOutcome outcome) {
        unshare();
        for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
            if (outcome.survives(Unsynced.PAGE)) {
                toDisk(page * PAGE, PAGE);
                dirty.clear(page);
                earlierPages.remove(page);
                forceSize();
            }
        }
    }

    /** The cache forgets pages that are clean: readers see what is on disk. */
    void evict() {
        unshare();
        int pages = (size + PAGE - 1) / PAGE;
        for (int page = dirty.nextClearBit(0); page < pages; page = dirty.nextClearBit(page + 1)) {
            int from = page * PAGE;
            int to = Math.min(from + PAGE, size);
            for (int i = from; i < to; i++) {
                seen[i] = i < onDisk.length ? onDisk[i] : 0;
            }
        }
    }

    private void toDisk(int from, int length) {
        int to = Math.min(from + length, seen.length);
        if (to > from) {
            if (to > onDisk.length) {
                onDisk = Arrays.copyOf(onDisk, Math.max(to, seen.length));
            }
            System.arraycopy(seen, from, onDisk, from, to - from);
        }
    }

    @Override
    public FileNode afterCrash(CrashOutcome outcome) {
        FileNode found = new FileNode(mode);
        found.size = sizeDirty ? sizeAfterCrash(outcome) : sizeOnDisk;
        boolean unchanged = dirty.isEmpty() && found.size == sizeOnDisk && found.size <= onDisk.length;
        if (unchanged) {
            found.seen = onDisk;
            shared = true;
            sumOnDisk = sumOnDisk == null ? sum(onDisk, sizeOnDisk) : sumOnDisk;
            found.sumSeen = sumOnDisk;
            found.sumOnDisk = sumOnDisk;
        } else {
            found.seen = Arrays.copyOf(onDisk, Math.max(found.size, onDisk.length));
            takePages(found, outcome);
            Arrays.fill(found.seen, found.size, found.seen.length, (byte) 0);
        }
        found.onDisk = found.seen;
        found.shared = true;
        found.sizeOnDisk = found.size;
        return found;
    }

    /** All of a new size, one it had in between, some pages, or none of it. */
    private int sizeAfterCrash(CrashOutcome outcome) {
        if (outcome.survives(Unsynced.SIZE)) {
            return size;
        }
        for (int earlier : earlierSizes) {
            if (outcome.survives(Unsynced.EARLIER)) {
                return earlier;
            }
        }
        int pages = (size - sizeOnDisk) / PAGE;
        return pages > 1 && outcome.survives(Unsynced.TORN) ? sizeOnDisk + pages / 2 * PAGE : sizeOnDisk;
    }

    /** Nothing is asked of a page that the disk has already as readers see it. */
    private void takePages(FileNode found, CrashOutcome outcome) {
        for (int page = dirty.nextSetBit(0); page >= 0; page = nextDirty(page)) {
            Deque<byte[]> earlier = earlierPages.getOrDefault(page, new ArrayDeque<>());
            if (earlier.isEmpty() && found.has(seen, page * PAGE)) {
                continue;
            }
            if (outcome.survives(Unsynced.PAGE)) {
                found.take(seen, page * PAGE, PAGE);
            } else if (!takeEarlier(found, page, List.copyOf(earlier), outcome) && outcome.survives(Unsynced.TORN)) {
                takeSectors(found, page, outcome);
            }
        }
    }

    private static boolean takeEarlier(FileNode found, int page, List<byte[]> earlier, CrashOutcome outcome) {
        for (byte[] content : earlier) {
            if (outcome.survives(Unsynced.EARLIER)) {
                found.put(content, page * PAGE);
                return true;
            }
        }
        return false;
    }

    private boolean has(byte[] other, int position) {
        int end = Math.min(position + PAGE, Math.max(seen.length, other.length));
        if (end <= Math.min(seen.length, other.length)) {
            return Arrays.equals(seen, position, end, other, position, end);
        }
        for (int i = position; i < end; i++) {
            if ((i < seen.length ? seen[i] : 0) != (i < other.length ? other[i] : 0)) {
                return false;
            }
        }
        return true;
    }

    private void put(byte[] content, int position) {
        int length = Math.min(content.length, seen.length - position);
        if (length > 0) {
            System.arraycopy(content, 0, seen, position, length);
        }
    }

    private void unshare() {
        sumSeen = null;
        sumOnDisk = null;
        if (shared) {
            seen = seen.clone();
            onDisk = onDisk.clone();
            shared = false;
        }
    }

    private void takeSectors(FileNode found, int page, CrashOutcome outcome) {
        for (int sector = 0; sector < PAGE; sector += SECTOR) {
            if (outcome.survives(Unsynced.SECTOR)) {
                found.take(seen, page * PAGE + sector, SECTOR);
            }
        }
    }

    private void take(byte[] from, int position, int length) {
        int end = Math.min(position + length, Math.min(seen.length, from.length));
        if (end > position) {
            System.arraycopy(from, position, seen, position, end - position);
        }
    }

    @Override
    public void describe(String path, StringBuilder text) {
        sumSeen = sumSeen == null ? sum(seen, size) : sumSeen;
        text.append(path).append(' ').append(sumSeen).append('\n');
    }

    private static String sum(byte[] content, int size) {
        StringBuilder text = new StringBuilder().append(size);
        for (Checksum checksum : List.of(new CRC32(), new CRC32C())) {
            checksum.update(content, 0, Math.min(size, content.length));
            text.append(' ').append(Long.toHexString(checksum.getValue()));
        }
        return text.toString();
    }
}
