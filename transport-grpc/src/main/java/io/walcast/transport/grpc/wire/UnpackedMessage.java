// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message that is being decompressed: whole, when it is first asked for, straight into the array of whoever asks if that
 * is large enough.
 */
final class UnpackedMessage extends InputStream {
    /** What most messages fit in, if they do not say how large they are. */
    private static final int FIRST_GUESS_BYTES = 256 << 10;

    private final InputStream source;
    private final Workspaces<Unpacker> workspaces;
    private final int limit;
    private @Nullable Workspace<Unpacker> workspace;
    private boolean isRead;
    private boolean isUnpacked;
    private int packed;
    private int position;
    private int end;

    UnpackedMessage(InputStream source, Workspaces<Unpacker> workspaces, int limit) {
        this.source = source;
        this.workspaces = workspaces;
        this.limit = limit;
    }

    /** Returns how many bytes there are to read, as far as that is known; at most the limit. */
    @Override
    public int available() throws IOException {
        if (isUnpacked) {
            return end - position;
        }
        Workspace<Unpacker> current = fill();
        return current == null ? 0 : (int) Math.min(limit, current.worker.expected(current.in, packed));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Workspace<Unpacker> current = isUnpacked ? workspace : fill();
        if (current == null) {
            return -1;
        }
        if (!isUnpacked) {
            long expected = current.worker.expected(current.in, packed);
            if (length >= limit || (expected > 0 && length >= expected)) {
                int count = current.worker.unpack(current.in, packed, into, offset, Math.min(length, limit));
                if (count != Unpacker.TOO_LARGE) {
                    isUnpacked = true;
                    release();
                    return count == 0 ? -1 : count;
                }
            }
            unpack(current);
        }
        int count = Math.min(length, end - position);
        System.arraycopy(current.out, position, into, offset, count);
        position += count;
        if (position == end) {
            release();
        }
        return count == 0 && length > 0 ? -1 : count;
    }

    /** Reads what is compressed; returns null if the message was closed. */
    private @Nullable Workspace<Unpacker> fill() throws IOException {
        Workspace<Unpacker> current = workspace;
        if (isRead) {
            return current;
        }
        isRead = true;
        current = workspaces.take();
        workspace = current;
        for (int count = 0; count >= 0; packed += Math.max(0, count)) {
            int more = Math.max(1, Math.min(source.available(), limit + 1));
            if (packed + more > limit + limit / 8) {
                throw tooLarge();
            }
            current.needIn(packed + more, packed);
            count = source.read(current.in, packed, more);
        }
        return current;
    }

    private void unpack(Workspace<Unpacker> current) throws IOException {
        long expected = current.worker.expected(current.in, packed);
        current.needOut((int) Math.min(expected > 0 ? expected : FIRST_GUESS_BYTES, limit));
        int count = current.worker.unpack(current.in, packed, current.out, 0, Math.min(current.out.length, limit));
        if (count == Unpacker.TOO_LARGE) {
            current.needOut(limit);
            count = current.worker.unpack(current.in, packed, current.out, 0, limit);
        }
        if (count == Unpacker.TOO_LARGE) {
            throw tooLarge();
        }
        isUnpacked = true;
        end = count;
    }

    private RuntimeException tooLarge() {
        return Status.RESOURCE_EXHAUSTED
                .withDescription("message too large: more than %d bytes when decompressed".formatted(limit))
                .asRuntimeException();
    }

    private void release() {
        Workspace<Unpacker> current = workspace;
        workspace = null;
        if (current != null && isUnpacked) {
            workspaces.giveBack(current);
        } else if (current != null) {
            workspaces.discard(current);
        }
    }

    @Override
    public void close() throws IOException {
        isRead = true;
        release();
        source.close();
    }
}
