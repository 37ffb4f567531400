// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import java.util.Arrays;
import java.util.Random;

/** What can happen to a segment on a disk. */
enum Damage {
    BIT_FLIP {
        @Override
        void apply(byte[] segment, Random random) {
            segment[random.nextInt(segment.length)] ^= (byte) (1 << random.nextInt(8));
        }
    },
    BIT_FLIP_IN_PAGE_HEADER {
        @Override
        void apply(byte[] segment, Random random) {
            int page = random.nextInt(segment.length / PAGE_BYTES);
            segment[page * PAGE_BYTES + random.nextInt(PAGE_HEADER_BYTES)] ^= (byte) (1 << random.nextInt(8));
        }
    },
    BYTES_AS_NUMBERS {
        @Override
        void apply(byte[] segment, Random random) {
            int at = random.nextInt(segment.length / 8) * 8;
            byte[] extremes = {0, 1, -1, Byte.MAX_VALUE, Byte.MIN_VALUE};
            for (int i = 0; i < 4; i++) {
                segment[at + i] = extremes[random.nextInt(extremes.length)];
            }
        }
    },
    SECTOR_OF_ZEROS {
        @Override
        void apply(byte[] segment, Random random) {
            int at = sector(segment, random);
            Arrays.fill(segment, at, at + SECTOR_BYTES, (byte) 0);
        }
    },
    SECTOR_OF_ANOTHER_PLACE {
        @Override
        void apply(byte[] segment, Random random) {
            System.arraycopy(segment, sector(segment, random), segment, sector(segment, random), SECTOR_BYTES);
        }
    },
    PAGE_OF_ANOTHER_PLACE {
        @Override
        void apply(byte[] segment, Random random) {
            int from = random.nextInt(segment.length / PAGE_BYTES) * PAGE_BYTES;
            int to = random.nextInt(segment.length / PAGE_BYTES) * PAGE_BYTES;
            System.arraycopy(segment, from, segment, to, PAGE_BYTES);
        }
    },
    NOTHING_WRITTEN_FROM_HERE_ON {
        @Override
        void apply(byte[] segment, Random random) {
            Arrays.fill(segment, random.nextInt(segment.length), segment.length, (byte) 0);
        }
    };

    private static final int PAGE_BYTES = 8192;
    private static final int PAGE_HEADER_BYTES = 24;
    private static final int SECTOR_BYTES = 512;

    static Damage of(Random random) {
        return values()[random.nextInt(values().length)];
    }

    abstract void apply(byte[] segment, Random random);

    private static int sector(byte[] segment, Random random) {
        return random.nextInt(segment.length / SECTOR_BYTES) * SECTOR_BYTES;
    }
}
