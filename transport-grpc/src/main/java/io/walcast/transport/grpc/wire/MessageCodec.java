// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.Codec;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Supplier;

/**
 * A compression of gRPC messages. A message is compressed and decompressed whole, on the thread that writes or parses it, in
 * memory that is reused: no message has a context of its own, and all of them together hold a few megabytes.
 *
 * <p>Threading: safe; what it returns is used by one thread at a time.
 */
final class MessageCodec implements Codec {
    // First: the codecs below keep so many.
    private static final int KEPT = Math.max(2, Runtime.getRuntime().availableProcessors());

    static final MessageCodec GZIP = new MessageCodec(
            Compression.Method.GZIP, SessionMethod.MAX_RESPONSE_BYTES, GzipPacker::new, GzipUnpacker::new);
    static final MessageCodec ZSTD = new MessageCodec(
            Compression.Method.ZSTD, SessionMethod.MAX_RESPONSE_BYTES, ZstdPacker::new, ZstdUnpacker::new);

    private final Compression.Method method;
    private final int limit;
    private final Workspaces<Packer> packers;
    private final Workspaces<Unpacker> unpackers;

    /**
     * Makes one.
     *
     * @param limit how many bytes a message may have before it is compressed
     */
    MessageCodec(Compression.Method method, int limit, Supplier<Packer> packer, Supplier<Unpacker> unpacker) {
        this.method = method;
        this.limit = limit;
        this.packers = new Workspaces<>(KEPT, packer);
        this.unpackers = new Workspaces<>(KEPT, unpacker);
    }

    @Override
    public String getMessageEncoding() {
        return method.encoding();
    }

    @Override
    public OutputStream compress(OutputStream target) {
        return new PackedMessage(target, packers, limit, method.defaultLevel());
    }

    @Override
    public InputStream decompress(InputStream source) {
        return new UnpackedMessage(source, unpackers, limit);
    }

    /** Returns how many workspaces are not closed. */
    int open() {
        return packers.open() + unpackers.open();
    }
}
