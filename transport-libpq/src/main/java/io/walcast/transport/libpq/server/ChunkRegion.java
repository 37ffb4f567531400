// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/**
 * A part of a file for {@code sendfile}. The file is shared by sessions and stays open.
 *
 * <p>Netty takes the file's descriptor out of the JDK's own kind of channel, so it may be no other.
 */
final class ChunkRegion extends DefaultFileRegion {
    private static final String CHANNEL_CLASS = "sun.nio.ch.FileChannelImpl";

    ChunkRegion(FileChannel file, long position, long count) {
        super(file, position, count);
    }

    /** Returns whether {@code file} is of the kind that can be sent from. */
    static boolean canSend(FileChannel file) {
        return file.getClass().getName().equals(CHANNEL_CLASS);
    }

    @Override
    protected void deallocate() {
        // The lease ends when the write does.
    }
}
