// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.Lsn;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the file {@code pg_replslot/NAME/state} ({@code ReplicationSlotOnDisk}), little-endian.
 *
 * <pre>
 *   0  magic u32            0x01051CA1
 *   4  checksum u32         CRC-32C of all that follows
 *   8  version u32          2 (PostgreSQL 14, 15), 3 (16), 5 (17, 18)
 *  12  length u32           184
 *  16  name char[64]        NUL-terminated
 *  80  database u32
 *  84  persistency i32      0 persistent, 1 ephemeral, 2 temporary
 *  88  xmin u32 | catalog_xmin u32 | restart_lsn u64
 * 104  version 2: invalidated_at u64, counts while restart_lsn is 0; from 3 on: invalidated i32
 * 112  confirmed_flush u64 | two_phase_at u64 | two_phase u8
 * 129  plugin char[64]
 * 193  from version 5 on: synced u8 | failover u8
 * 200  end
 * </pre>
 *
 * <p>The causes of invalidation are numbered 0 to 3 up to PostgreSQL 17, and are the bits 1, 2, 4 and 8 in 18, under the same
 * version 5; the two meet in no number. What is written is what PostgreSQL 18 writes.
 *
 * <p>Stateless.
 */
final class SlotStateCodec {
    /** The size of every state file. */
    static final int BYTES = 200;

    private static final int MAGIC = 0x01051CA1;
    private static final int VERSION_14 = 2;
    private static final int VERSION_16 = 3;
    private static final int VERSION_17 = 5;
    private static final int CHECKED_FROM = 8;
    private static final int LENGTH = BYTES - 16;
    private static final int NAME_BYTES = 64;

    private static final int NAME_AT = 16;
    private static final int DATABASE_AT = 80;
    private static final int PERSISTENCY_AT = 84;
    private static final int XMIN_AT = 88;
    private static final int CATALOG_XMIN_AT = 92;
    private static final int RESTART_LSN_AT = 96;
    private static final int INVALIDATED_AT = 104;
    private static final int CONFIRMED_FLUSH_AT = 112;
    private static final int TWO_PHASE_AT_AT = 120;
    private static final int TWO_PHASE_AT = 128;
    private static final int PLUGIN_AT = 129;
    private static final int SYNCED_AT = 193;
    private static final int FAILOVER_AT = 194;

    private SlotStateCodec() {}

    /**
     * Decodes the whole content of {@code file}, the state of the slot {@code name}.
     *
     * @throws StorageException with XX001, naming the file, if this is not what PostgreSQL 14 to 18, or we, would have written
     */
    static SlotState decode(byte[] content, String name, Path file) {
        if (content.length != BYTES) {
            throw damaged(file, "has wrong size %d instead of %d".formatted(content.length, BYTES));
        }
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        checkHeader(bytes, file);
        boolean hasFlags = bytes.getInt(8) >= VERSION_17;
        SlotState state = new SlotState(
                string(bytes, NAME_AT, file),
                bytes.getInt(DATABASE_AT),
                persistency(bytes.getInt(PERSISTENCY_AT), file),
                bytes.getInt(XMIN_AT),
                bytes.getInt(CATALOG_XMIN_AT),
                new Lsn(bytes.getLong(RESTART_LSN_AT)),
                invalidated(bytes, file),
                new Lsn(bytes.getLong(CONFIRMED_FLUSH_AT)),
                new Lsn(bytes.getLong(TWO_PHASE_AT_AT)),
                flag(bytes, TWO_PHASE_AT, file),
                string(bytes, PLUGIN_AT, file),
                hasFlags && flag(bytes, SYNCED_AT, file),
                hasFlags && flag(bytes, FAILOVER_AT, file));
        if (!state.name().equals(name)) {
            throw damaged(file, "is of slot \"%s\"".formatted(state.name()));
        }
        return state;
    }

    private static void checkHeader(ByteBuffer bytes, Path file) {
        int magic = bytes.getInt(0);
        if (magic != MAGIC) {
            throw damaged(
                    file, "has wrong magic number: %s instead of %d".formatted(Integer.toUnsignedString(magic), MAGIC));
        }
        int version = bytes.getInt(8);
        if (!List.of(VERSION_14, VERSION_16, VERSION_17).contains(version)) {
            throw damaged(file, "has unsupported version " + Integer.toUnsignedString(version));
        }
        int length = bytes.getInt(12);
        if (length != LENGTH) {
            throw damaged(file, "has corrupted length " + Integer.toUnsignedString(length));
        }
        int checksum = bytes.getInt(4);
        int expected = checksum(bytes);
        if (checksum != expected) {
            throw damaged(
                    file,
                    "has wrong checksum %s, expected %s"
                            .formatted(Integer.toUnsignedString(checksum), Integer.toUnsignedString(expected)));
        }
    }

    private static SlotPersistency persistency(int number, Path file) {
        for (SlotPersistency persistency : SlotPersistency.values()) {
            if (persistency.number() == number) {
                return persistency;
            }
        }
        throw damaged(file, "has unknown persistency " + number);
    }

    private static InvalidationCause invalidated(ByteBuffer bytes, Path file) {
        int version = bytes.getInt(8);
        if (version == VERSION_14) {
            boolean lost = bytes.getLong(INVALIDATED_AT) != 0 && bytes.getLong(RESTART_LSN_AT) == 0;
            return lost ? InvalidationCause.WAL_REMOVED : InvalidationCause.NONE;
        }
        int number = bytes.getInt(INVALIDATED_AT);
        InvalidationCause cause = switch (number) {
            case 0 -> InvalidationCause.NONE;
            case 1 -> InvalidationCause.WAL_REMOVED;
            case 2 -> InvalidationCause.ROWS_REMOVED;
            case 3 -> InvalidationCause.WAL_LEVEL_INSUFFICIENT;
            case 4 -> version == VERSION_17 ? InvalidationCause.WAL_LEVEL_INSUFFICIENT : null;
            case 8 -> version == VERSION_17 ? InvalidationCause.IDLE_TIMEOUT : null;
            default -> null;
        };
        if (cause == null) {
            throw damaged(file, "has unknown cause of invalidation " + number);
        }
        return cause;
    }

    private static int number(InvalidationCause cause) {
        return switch (cause) {
            case NONE -> 0;
            case WAL_REMOVED -> 1;
            case ROWS_REMOVED -> 2;
            case WAL_LEVEL_INSUFFICIENT -> 4;
            case IDLE_TIMEOUT -> 8;
        };
    }

    private static boolean flag(ByteBuffer bytes, int at, Path file) {
        byte value = bytes.get(at);
        if (value != 0 && value != 1) {
            throw damaged(file, "has %d at byte %d (expected: 0 or 1)".formatted(value, at));
        }
        return value == 1;
    }

    private static String string(ByteBuffer bytes, int at, Path file) {
        int length = 0;
        while (length < NAME_BYTES && bytes.get(at + length) != 0) {
            length++;
        }
        String text = length == NAME_BYTES ? null : utf8(bytes.slice(at, length));
        if (text == null) {
            throw damaged(file, "has no name at byte " + at);
        }
        return text;
    }

    private static @Nullable String utf8(ByteBuffer bytes) {
        try {
            CharBuffer text = UTF_8.newDecoder().decode(bytes);
            return text.toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Encodes {@code state} as PostgreSQL 17 and 18 do; the bytes between the fields are zeros. */
    static byte[] encode(SlotState state) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, MAGIC).putInt(8, VERSION_17).putInt(12, LENGTH);
        bytes.put(NAME_AT, name(state.name()));
        bytes.putInt(DATABASE_AT, state.database());
        bytes.putInt(PERSISTENCY_AT, state.persistency().number());
        bytes.putInt(XMIN_AT, state.xmin());
        bytes.putInt(CATALOG_XMIN_AT, state.catalogXmin());
        bytes.putLong(RESTART_LSN_AT, state.restartLsn().value());
        bytes.putInt(INVALIDATED_AT, number(state.invalidated()));
        bytes.putLong(CONFIRMED_FLUSH_AT, state.confirmedFlush().value());
        bytes.putLong(TWO_PHASE_AT_AT, state.twoPhaseAt().value());
        bytes.put(TWO_PHASE_AT, (byte) (state.twoPhase() ? 1 : 0));
        bytes.put(PLUGIN_AT, name(state.plugin()));
        bytes.put(SYNCED_AT, (byte) (state.synced() ? 1 : 0));
        bytes.put(FAILOVER_AT, (byte) (state.failover() ? 1 : 0));
        return bytes.putInt(4, checksum(bytes)).array();
    }

    private static byte[] name(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length >= NAME_BYTES) {
            throw new IllegalArgumentException("name: '" + text + "' (expected: at most 63 bytes)");
        }
        return bytes;
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(CHECKED_FROM, BYTES - CHECKED_FROM));
        return (int) crc.getValue();
    }

    private static StorageException damaged(Path file, String what) {
        return new StorageException(
                SqlState.DATA_CORRUPTED, "replication slot file \"%s\" %s".formatted(file, what), null);
    }
}
