// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A message that is being compressed: collected, and compressed and passed on in one piece when it is closed. */
final class PackedMessage extends OutputStream {
    private final OutputStream target;
    private final Workspaces<Packer> workspaces;
    private final int limit;
    private @Nullable Workspace<Packer> workspace;
    private int level;
    private int count;

    PackedMessage(OutputStream target, Workspaces<Packer> workspaces, int limit, int level) {
        this.target = target;
        this.workspaces = workspaces;
        this.limit = limit;
        this.level = level;
        this.workspace = workspaces.take();
    }

    /** Sets how hard to try, for the whole of the message. */
    void level(int level) {
        this.level = level;
    }

    @Override
    public void write(int b) {
        Workspace<Packer> room = room(1);
        room.in[count++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        Workspace<Packer> room = room(length);
        System.arraycopy(bytes, offset, room.in, count, length);
        count += length;
    }

    /** Takes all that remains of {@code bytes}. */
    void write(ByteBuffer bytes) {
        int length = bytes.remaining();
        Workspace<Packer> room = room(length);
        bytes.get(room.in, count, length);
        count += length;
    }

    private Workspace<Packer> room(int length) {
        Workspace<Packer> current = workspace;
        if (current == null) {
            throw new IllegalStateException("the message is closed");
        }
        if (length > limit - count) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("message too large: more than %d bytes".formatted(limit))
                    .asRuntimeException();
        }
        current.needIn(count + length, count);
        return current;
    }

    @Override
    public void close() throws IOException {
        Workspace<Packer> current = workspace;
        if (current == null) {
            return;
        }
        workspace = null;
        boolean isDone = false;
        try {
            current.needOut(current.worker.bound(count));
            int length = current.worker.pack(current.in, count, current.out, level);
            target.write(current.out, 0, length);
            target.close();
            isDone = true;
        } finally {
            if (isDone) {
                workspaces.giveBack(current);
            } else {
                workspaces.discard(current);
            }
        }
    }
}
