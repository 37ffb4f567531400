// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.wal.rmgr.BlockDescription;
import io.walcast.core.wal.rmgr.RecordDescription;
import io.walcast.core.wal.rmgr.ResourceManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecordDescriptionTest {
    private static final int ROUNDS = 40;

    private final Random random = new Random(20_261_120);

    private static String describe(WalVersion version, int manager, int info, ByteBuffer data) {
        WalBuilder wal = new WalBuilder(version);
        XLogReader reader = new XLogReader(wal, wal.options());
        reader.beginRead(wal.add(manager, info, body(data)));
        return describe(requireNonNull(reader.next()), version);
    }

    private static String describe(XLogRecord record, WalVersion version) {
        StringBuilder text = new StringBuilder(RecordDescription.operation(record, version)).append(": ");
        RecordDescription.appendDetails(record, version, text);
        BlockDescription.appendShort(record, version, text);
        BlockDescription.appendDetailed(record, version, text);
        return text.substring(0, text.length() - 1);
    }

    private static byte[] body(ByteBuffer data) {
        byte[] body = new byte[5 + data.capacity()];
        ByteBuffer.wrap(body)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 254)
                .putInt(data.capacity())
                .put(data.duplicate().clear());
        return body;
    }

    private static ByteBuffer data(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int id(ResourceManager manager) {
        return manager.id();
    }

    @Test
    void readsFieldsWhereTheyAre() {
        ByteBuffer delete = data(8).putInt(0, 700)
                .putShort(4, (short) 9)
                .put(6, (byte) 0x11)
                .put(7, (byte) 2);

        assertThat(describe(WalVersion.V15, id(ResourceManager.HEAP), 0x10, delete))
                .isEqualTo("DELETE: off 9 flags 0x02 IS_MULTI KEYS_UPDATED ");
    }

    @Test
    void numbersAreUnsigned() {
        assertThat(describe(WalVersion.V18, id(ResourceManager.XLOG), 0x30, data(4).putInt(0, -2)))
                .isEqualTo("NEXTOID: 4294967294");
    }

    @Test
    void aRecordThatIsTooShortHasNoDetails() {
        assertThat(describe(WalVersion.V16, id(ResourceManager.HEAP), 0x10, data(7)))
                .isEqualTo("DELETE: ");
    }

    @Test
    void textCannotSteerATerminal() {
        ByteBuffer point = data(20);
        point.position(8).put("a\u001b[2Jb\n\0rest".getBytes(StandardCharsets.UTF_8));

        assertThat(describe(WalVersion.V17, id(ResourceManager.XLOG), 0x70, point))
                .isEqualTo("RESTORE_POINT: a\\x1b[2Jb\\x0a");
    }

    @Test
    void whatIsNotKnownIsSaidToBe() {
        assertThat(describe(WalVersion.V15, id(ResourceManager.XLOG), 0xE0, data(4)))
                .isEqualTo("UNKNOWN (e0): ");
        assertThat(describe(WalVersion.V15, 200, 0x10, data(4))).isEqualTo("UNKNOWN (10): rmid: 200");
        assertThat(ResourceManager.nameOf(200)).isEqualTo("custom200");
        assertThat(ResourceManager.nameOf(11)).isEqualTo("Btree");
    }

    @ParameterizedTest
    @CsvSource({
        "V14, DATABASE, 16, DROP",
        "V15, DATABASE, 16, CREATE_WAL_LOG",
        "V16, HEAP2, 16, PRUNE",
        "V17, HEAP2, 16, PRUNE_ON_ACCESS",
        "V16, XLOG, 224, UNKNOWN (e0)",
        "V17, XLOG, 224, CHECKPOINT_REDO"
    })
    void operationsDependOnTheVersion(WalVersion version, ResourceManager manager, int kind, String operation) {
        assertThat(RecordDescription.operation(manager.id(), kind, version)).isEqualTo(operation);
    }

    @Test
    void prunedItemsOf17() {
        ByteBuffer prune = data(6).put(1, (byte) 0x08).putInt(2, 4711);

        assertThat(describe(WalVersion.V17, id(ResourceManager.HEAP2), 0x20, prune))
                .isEqualTo("PRUNE_VACUUM_SCAN: snapshotConflictHorizon: 4711, isCatalogRel: F");
    }

    @ParameterizedTest
    @EnumSource(WalVersion.class)
    void anyBytesAreDescribed(WalVersion version) {
        WalBuilder wal = new WalBuilder(version);
        int records = 0;
        for (ResourceManager manager : ResourceManager.values()) {
            for (int kind = 0; kind <= 0xF0; kind += 0x10) {
                boolean isSwitch = manager == ResourceManager.XLOG && kind == WalBuilder.XLOG_SWITCH;
                for (int round = 0; round < ROUNDS && !isSwitch; round++) {
                    wal.add(manager.id(), kind, body(anyBytes()));
                    records++;
                }
            }
        }
        XLogReader reader = new XLogReader(wal, wal.options());
        reader.beginRead(WalBuilder.START);

        for (XLogRecord record = reader.next(); record != null; record = reader.next()) {
            assertThat(describe(record, version)).startsWith(RecordDescription.operation(record, version));
            records--;
        }
        assertThat(records).isZero();
    }

    /** Returns bytes most of which are small, so that counts among them are taken for what they say. */
    private ByteBuffer anyBytes() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        ByteBuffer data = ByteBuffer.wrap(bytes);
        for (int i = 0; i < data.capacity(); i++) {
            if (random.nextInt(4) > 0) {
                data.put(i, (byte) (random.nextBoolean() ? 0 : random.nextInt(3)));
            }
        }
        return data;
    }
}
