// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import java.util.Arrays;
import java.util.Random;

/** What can happen to a segment on a disk, somewhere between two offsets. */
enum Damage {
    BIT_FLIP {
        @Override
        byte[] apply(byte[] segment, Place place) {
            segment[place.offset(1)] ^= (byte) (1 << place.random().nextInt(8));
            return segment;
        }
    },
    BIT_FLIP_IN_PAGE_HEADER {
        @Override
        byte[] apply(byte[] segment, Place place) {
            int at = place.offset(PAGE_BYTES) + place.random().nextInt(PAGE_HEADER_BYTES);
            segment[at] ^= (byte) (1 << place.random().nextInt(8));
            return segment;
        }
    },
    FLAG_FLIP_IN_PAGE_HEADER {
        @Override
        byte[] apply(byte[] segment, Place place) {
            segment[place.offset(PAGE_BYTES) + AT_PAGE_FLAGS] ^=
                    (byte) (1 << place.random().nextInt(PAGE_FLAGS));
            return segment;
        }
    },
    BYTES_AS_NUMBERS {
        @Override
        byte[] apply(byte[] segment, Place place) {
            int at = place.offset(8);
            byte[] extremes = {0, 1, -1, Byte.MAX_VALUE, Byte.MIN_VALUE};
            for (int i = 0; i < 4; i++) {
                segment[at + i] = extremes[place.random().nextInt(extremes.length)];
            }
            return segment;
        }
    },
    SECTOR_OF_ZEROS {
        @Override
        byte[] apply(byte[] segment, Place place) {
            int at = place.offset(SECTOR_BYTES);
            Arrays.fill(segment, at, at + SECTOR_BYTES, (byte) 0);
            return segment;
        }
    },
    RANGE_OF_ZEROS {
        @Override
        byte[] apply(byte[] segment, Place place) {
            int at = place.offset(1);
            int length = 1 + place.random().nextInt(3 * PAGE_BYTES);
            Arrays.fill(segment, at, Math.min(segment.length, at + length), (byte) 0);
            return segment;
        }
    },
    SECTOR_OF_ANOTHER_PLACE {
        @Override
        byte[] apply(byte[] segment, Place place) {
            System.arraycopy(segment, place.offset(SECTOR_BYTES), segment, place.offset(SECTOR_BYTES), SECTOR_BYTES);
            return segment;
        }
    },
    PAGE_OF_ANOTHER_PLACE {
        @Override
        byte[] apply(byte[] segment, Place place) {
            System.arraycopy(segment, place.offset(PAGE_BYTES), segment, place.offset(PAGE_BYTES), PAGE_BYTES);
            return segment;
        }
    },
    PAGES_SWAPPED {
        @Override
        byte[] apply(byte[] segment, Place place) {
            int one = place.offset(PAGE_BYTES);
            int other = place.offset(PAGE_BYTES);
            byte[] page = Arrays.copyOfRange(segment, one, one + PAGE_BYTES);
            System.arraycopy(segment, other, segment, one, PAGE_BYTES);
            System.arraycopy(page, 0, segment, other, PAGE_BYTES);
            return segment;
        }
    },
    /** A write that never came: what a recycled segment held before is still there. */
    PAGE_OF_AN_OLDER_SEGMENT {
        @Override
        byte[] apply(byte[] segment, Place place) {
            int at = place.offset(PAGE_BYTES);
            System.arraycopy(place.older(), at, segment, at, PAGE_BYTES);
            return segment;
        }
    },
    /** A write that came in part: some sectors of a page are new, the others as they were before. */
    TORN_PAGE {
        @Override
        byte[] apply(byte[] segment, Place place) {
            int page = place.offset(PAGE_BYTES);
            boolean wasRecycled = place.random().nextBoolean();
            for (int at = page; at < page + PAGE_BYTES; at += SECTOR_BYTES) {
                if (place.random().nextBoolean()) {
                    byte[] before = wasRecycled ? place.older() : new byte[segment.length];
                    System.arraycopy(before, at, segment, at, SECTOR_BYTES);
                }
            }
            return segment;
        }
    },
    /** The end of the WAL in a recycled segment, at any byte. */
    OLDER_SEGMENT_FROM_HERE_ON {
        @Override
        byte[] apply(byte[] segment, Place place) {
            int at = place.offset(1);
            System.arraycopy(place.older(), at, segment, at, segment.length - at);
            return segment;
        }
    },
    NOTHING_WRITTEN_FROM_HERE_ON {
        @Override
        byte[] apply(byte[] segment, Place place) {
            Arrays.fill(segment, place.offset(1), segment.length, (byte) 0);
            return segment;
        }
    },
    CUT_OFF {
        @Override
        byte[] apply(byte[] segment, Place place) {
            return Arrays.copyOf(segment, Math.max(PAGE_BYTES, place.offset(PAGE_BYTES)));
        }
    };

    private static final int PAGE_BYTES = 8192;
    private static final int PAGE_HEADER_BYTES = 24;
    private static final int AT_PAGE_FLAGS = 2;
    private static final int PAGE_FLAGS = 4;
    private static final int SECTOR_BYTES = 512;

    /** Where it happens: between two offsets of a segment, whose file may have been an older segment's before. */
    static final class Place {
        private final int from;
        private final int to;
        private final byte[] older;
        private final Random random;

        Place(int from, int to, byte[] older, Random random) {
            this.from = from;
            this.to = to;
            this.older = older;
            this.random = random;
        }

        byte[] older() {
            return older;
        }

        Random random() {
            return random;
        }

        /** Returns an offset that is a multiple of {@code unit}, which is whole units before the end of the segment. */
        int offset(int unit) {
            return Math.min(from + random.nextInt(to - from), older.length - unit) / unit * unit;
        }
    }

    static Damage of(Random random) {
        return values()[random.nextInt(values().length)];
    }

    /** Damages {@code segment} and returns it, or what is left of it. */
    abstract byte[] apply(byte[] segment, Place place);
}
