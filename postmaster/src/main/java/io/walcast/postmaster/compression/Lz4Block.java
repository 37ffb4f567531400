// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import java.io.IOException;

/**
 * Decompresses a block of LZ4 that refers to the content before it: what {@code lz4frame.c} writes unless told otherwise, and
 * lz4-java does not read.
 */
final class Lz4Block {
    private static final int MIN_MATCH = 4;
    private static final int LENGTH_GOES_ON = 15;

    private final byte[] source;
    private final int sourceEnd;
    private final byte[] target;
    private final int lowest;
    private int in;
    private int out;

    private Lz4Block(byte[] source, int sourceEnd, byte[] target, int lowest, int out) {
        this.source = source;
        this.sourceEnd = sourceEnd;
        this.target = target;
        this.lowest = lowest;
        this.out = out;
    }

    /**
     * Puts the content of {@code source}, its first {@code bytes} bytes, to {@code target} from {@code at} on; what is there
     * from {@code lowest} on is the content that came before.
     *
     * @return where the content ends in {@code target}
     * @throws IOException if it is damaged, or does not fit {@code target}
     */
    static int decompress(byte[] source, int bytes, byte[] target, int lowest, int at) throws IOException {
        return new Lz4Block(source, bytes, target, lowest, at).decompress();
    }

    private int decompress() throws IOException {
        while (true) {
            int token = next();
            copyLiterals(length(token >>> 4));
            if (in == sourceEnd) {
                return out;
            }
            int distance = next() | next() << Byte.SIZE;
            copyMatch(distance, length(token & LENGTH_GOES_ON) + MIN_MATCH);
        }
    }

    private int length(int nibble) throws IOException {
        int length = nibble;
        if (nibble == LENGTH_GOES_ON) {
            int more;
            do {
                more = next();
                length += more;
            } while (more == 255 && length <= target.length);
        }
        return length;
    }

    private void copyLiterals(int length) throws IOException {
        if (length > sourceEnd - in || length > target.length - out) {
            throw damaged();
        }
        System.arraycopy(source, in, target, out, length);
        in += length;
        out += length;
    }

    private void copyMatch(int distance, int length) throws IOException {
        if (distance == 0 || distance > out - lowest || length > target.length - out) {
            throw damaged();
        }
        if (distance >= length) {
            System.arraycopy(target, out - distance, target, out, length);
            out += length;
        } else {
            for (int i = 0; i < length; i++, out++) {
                target[out] = target[out - distance];
            }
        }
    }

    private int next() throws IOException {
        if (in >= sourceEnd) {
            throw damaged();
        }
        return Byte.toUnsignedInt(source[in++]);
    }

    private static IOException damaged() {
        return new IOException("invalid LZ4 block");
    }
}
