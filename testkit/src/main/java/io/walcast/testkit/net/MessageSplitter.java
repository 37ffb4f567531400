// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import java.nio.ByteBuffer;

/**
 * Cuts a stream of bytes into messages of PostgreSQL's protocol 3, however it is split.
 *
 * <p>Only the beginning of a long message is kept. Confined to one thread.
 */
final class MessageSplitter {
    private static final int LENGTH_BYTES = 4;

    private final Receiver receiver;
    private final byte[] kept;
    private boolean hasTags;
    private int filled;
    private long bodyLeft = -1;
    private int bodyLength;

    MessageSplitter(int maxKeptBytes, boolean hasTags, Receiver receiver) {
        this.receiver = receiver;
        this.hasTags = hasTags;
        kept = new byte[1 + LENGTH_BYTES + maxKeptBytes];
    }

    interface Receiver {
        /**
         * Told of a message.
         *
         * @param tag its tag, or 0 for one of the start, which have none
         * @param body the beginning of its body, lent
         * @param length how long the body is
         */
        void message(byte tag, ByteBuffer body, int length);
    }

    /** The first messages of a client have no tag; from now on they have. */
    void expectTags() {
        hasTags = true;
    }

    void take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (bodyLeft < 0) {
                takeHeader(bytes);
            } else {
                takeBody(bytes);
            }
            if (bodyLeft == 0) {
                finish();
            }
        }
    }

    private int headerBytes() {
        return (hasTags ? 1 : 0) + LENGTH_BYTES;
    }

    private void takeHeader(ByteBuffer bytes) {
        kept[filled++] = bytes.get();
        if (filled == headerBytes()) {
            int length = ByteBuffer.wrap(kept).getInt(headerBytes() - LENGTH_BYTES);
            bodyLength = Math.max(0, length - LENGTH_BYTES);
            bodyLeft = bodyLength;
        }
    }

    private void takeBody(ByteBuffer bytes) {
        int count = (int) Math.min(bodyLeft, bytes.remaining());
        int keep = Math.min(count, kept.length - filled);
        bytes.get(kept, filled, keep);
        bytes.position(bytes.position() + count - keep);
        filled += keep;
        bodyLeft -= count;
    }

    private void finish() {
        int header = headerBytes();
        byte tag = hasTags ? kept[0] : 0;
        ByteBuffer body = ByteBuffer.wrap(kept, header, filled - header).slice();
        filled = 0;
        bodyLeft = -1;
        receiver.message(tag, body, bodyLength);
    }
}
