// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.PrintableText;
import io.walcast.core.wal.BlockReference;
import io.walcast.core.wal.RelFileLocator;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a record's main data, or of a block's data, in place. Every reader throws {@link IndexOutOfBoundsException} where
 * there is no such byte.
 */
final class RecordFields {
    private static final int GLOBAL_TABLESPACE = 1664;
    private static final int DEFAULT_TABLESPACE = 1663;
    private static final String[] FORKS = {"main", "fsm", "vm", "init"};

    /** The names of time zones as C has them, such as CET: those that English has in the United States. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS zzz", Locale.US);

    private final XLogRecord record;
    private final WalVersion version;
    private final ByteBuffer data;

    private RecordFields(XLogRecord record, WalVersion version, ByteBuffer data) {
        this.record = record;
        this.version = version;
        this.data = data;
    }

    static RecordFields of(XLogRecord record, WalVersion version) {
        return new RecordFields(record, version, record.mainData());
    }

    /** Returns the data of the block with the given id, or null if the record has none. */
    @Nullable
    RecordFields ofBlock(int id) {
        BlockReference block = block(id);
        return block == null || block.dataLength() == 0
                ? null
                : new RecordFields(record, version, record.dataOf(block));
    }

    @Nullable
    BlockReference block(int id) {
        for (BlockReference block : record.blocks()) {
            if (block.id() == id) {
                return block;
            }
        }
        return null;
    }

    XLogRecord record() {
        return record;
    }

    WalVersion version() {
        return version;
    }

    int length() {
        return data.limit();
    }

    int uint8(int at) {
        return Byte.toUnsignedInt(data.get(at));
    }

    int uint16(int at) {
        return Short.toUnsignedInt(data.getShort(at));
    }

    int int32(int at) {
        return data.getInt(at);
    }

    long uint32(int at) {
        return Integer.toUnsignedLong(data.getInt(at));
    }

    long int64(int at) {
        return data.getLong(at);
    }

    /** Returns a number of bytes that are in the record. */
    int size(int at) {
        long size = data.getLong(at);
        if (size < 0 || size > length()) {
            throw new IndexOutOfBoundsException("size: " + size);
        }
        return (int) size;
    }

    double float8(int at) {
        return data.getDouble(at);
    }

    boolean isSet(int at) {
        return data.get(at) != 0;
    }

    /** Returns a block number that is stored in two halves ({@code BlockIdData}). */
    long blockId(int at) {
        return (long) uint16(at) << 16 | uint16(at + 2);
    }

    RelFileLocator relation(int at) {
        return new RelFileLocator(int32(at), int32(at + 4), int32(at + 8));
    }

    /** Returns a text that ends before a zero byte, or with the data. */
    String text(int at) {
        return text(at, length() - at);
    }

    /** Returns a text that ends before a zero byte, or after {@code limit} bytes. */
    String text(int at, int limit) {
        int end = at;
        while (end < at + limit && data.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - at];
        data.get(at, bytes);
        return PrintableText.ofLines(new String(bytes, StandardCharsets.UTF_8)).replace("\n", "\\x0a");
    }

    /** Returns a position as its two halves in hexadecimal. */
    String lsn(int at) {
        return new Lsn(int64(at)).toString();
    }

    /** Returns a transaction number with its epoch ({@code FullTransactionId}). */
    String fullTransaction(int at) {
        return uint32(at + 4) + ":" + uint32(at);
    }

    /** Returns a time in this machine's time zone. */
    String time(int at) {
        return TIME.format(new PgTimestamp(int64(at)).toInstant().atZone(ZoneId.systemDefault()));
    }

    /** Returns the path of a fork of the relation at {@code at}, below the data directory ({@code relpathperm}). */
    String path(int at, int fork) {
        RelFileLocator relation = relation(at);
        String database = Integer.toUnsignedString(relation.database());
        String directory = switch (relation.tablespace()) {
            case GLOBAL_TABLESPACE -> "global";
            case DEFAULT_TABLESPACE -> "base/" + database;
            default ->
                "pg_tblspc/%s/PG_%d_%d/%s"
                        .formatted(
                                Integer.toUnsignedString(relation.tablespace()),
                                version.major(),
                                catalogVersion(),
                                database);
        };
        return directory + "/" + Integer.toUnsignedString(relation.relation()) + (fork == 0 ? "" : "_" + FORKS[fork]);
    }

    private int catalogVersion() {
        return switch (version) {
            case V14 -> 202107181;
            case V15 -> 202209061;
            case V16 -> 202307071;
            case V17 -> 202406281;
            case V18 -> 202506291;
        };
    }

    /** Returns the name of a fork. */
    static String fork(int number) {
        return FORKS[number];
    }
}
