// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

/**
 * The constants of LZ4's frame format, version 1.6.
 *
 * <pre>
 * magic u32 | flags u8 | block size u8 | [content size u64] | [dictionary u32] | header check u8
 * blocks: size u32, the highest bit set if not compressed | data | [checksum u32]
 * end mark u32 | [content checksum u32]
 * </pre>
 *
 * Little-endian; checksums are XXH32.
 */
final class Lz4Format {
    static final int MAGIC = 0x184D2204;
    static final int SKIPPABLE_MAGIC = 0x184D2A50;
    static final int SKIPPABLE_MASK = 0xFFFFFFF0;
    static final int SEED = 0;

    static final int VERSION_MASK = 0xC0;
    static final int VERSION = 0x40;
    static final int INDEPENDENT_BLOCKS = 0x20;
    static final int BLOCK_CHECKSUMS = 0x10;
    static final int CONTENT_SIZE = 0x08;
    static final int CONTENT_CHECKSUM = 0x04;
    static final int RESERVED = 0x02;
    static final int DICTIONARY = 0x01;

    static final int BLOCKS_OF_64_KB = 0x40;
    static final int NOT_COMPRESSED = 0x80000000;
    static final int END_MARK = 0;

    private Lz4Format() {}
}
