// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XLogRecordCodecTest {
    private static final Lsn START = Lsn.parse("0/1000028");
    private static final String RELATION = "7f060000 05000000 00400000";

    private final XLogRecordCodec codec = new XLogRecordCodec();

    @Test
    void decodesBlocksWithTheirImagesAndData() throws InvalidWalException {
        String image = "00".repeat(100);
        XLogRecord record = decode(
                WalVersion.V15,
                // Block 0 with an image whose hole is left out, block 3 of the same relation with data.
                "00 30 0200 6400 0a00 03" + RELATION + "2a000000"
                        + "03 a1 0300 ffffffff"
                        + "fd 0700 fc bc020000"
                        + "ff 01" + image + "aabb" + "010203" + "dd");

        assertThat(record.blocks()).hasSize(2);
        BlockReference first = record.blocks().get(0);
        assertThat(first.relation()).hasToString("1663/5/16384");
        assertThat(first.blockNumber()).isEqualTo(42);
        assertThat(first.image()).isEqualTo(new BlockReference.Image(0, 100, 10, 8092, 3));
        assertThat(record.imageOf(first).remaining()).isEqualTo(100);
        assertThat(record.dataOf(first)).isEqualTo(bytes("aabb"));
        BlockReference second = record.blocks().get(1);
        assertThat(second.id()).isEqualTo(3);
        assertThat(second.fork()).isEqualTo(1);
        assertThat(second.relation()).isEqualTo(first.relation());
        assertThat(second.image()).isNull();
        assertThat(record.imageOf(second).remaining()).isZero();
        assertThat(record.dataOf(second)).isEqualTo(bytes("010203"));
        assertThat(record.mainData()).isEqualTo(bytes("dd"));
        assertThat(record.bytes().isReadOnly()).isTrue();
        assertThat(record.transaction()).isEqualTo(700);
        assertThat(record.resourceManager()).isEqualTo(10);
        assertThat(record.kind()).isEqualTo(0x50);
    }

    @ParameterizedTest
    @CsvSource({
        // Compressed without a hole: bit 2 up to 14, bits 4, 8 and 16 from 15 on.
        "V14, 02, 0",
        "V15, 04, 0",
        "V16, 08, 0",
        "V18, 10, 0"
    })
    void knowsWhatCompressedMeansInEachVersion(WalVersion version, String info, int holeLength)
            throws InvalidWalException {
        XLogRecord record = decode(version, "00 10 0000 0200 0000" + info + RELATION + "00000000" + "abcd");

        assertThat(record.blocks().get(0).image())
                .isEqualTo(new BlockReference.Image(0, 2, 0, holeLength, Integer.parseInt(info, 16)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "21|invalid block_id 33",
                "fb|invalid block_id 251",
                "00 80 0000 00000000|BKPBLOCK_SAME_REL set but no previous rel",
                "00 20 0000|BKPBLOCK_HAS_DATA set, but no data included",
                "00 00 0100|BKPBLOCK_HAS_DATA not set, but data length is 1",
                "00 10 0000 6400 0000 01|BKPIMAGE_HAS_HOLE set, but hole offset 0 length 8092 block image length 100",
                "00 10 0000 0020 0100 01|BKPIMAGE_HAS_HOLE set, but hole offset 1 length 0 block image length 8192",
                "00 10 0000 6400 2823 01|BKPIMAGE_HAS_HOLE set, but hole offset 9000 length 8092 block image length 100",
                "00 10 0000 6400 0100 05 ffff|BKPIMAGE_HAS_HOLE set, but hole offset 1 length 65535",
                "00 10 0000 6400 0000 00|BKPIMAGE_HAS_HOLE not set, but hole offset 0 length 8092",
                "00 10 0000 0020 0100 00|BKPIMAGE_HAS_HOLE not set, but hole offset 1 length 0",
                "00 10 0000 0020 0000 04|BKPIMAGE_COMPRESSED set, but block image length 8192",
                "ff|record with invalid length",
                "ff 02 61|record with invalid length",
                "ff 00 61|record with invalid length",
                "fe ffffff7f 61|record with invalid length",
                "fe ffffffff 61|record with invalid length",
                "fe 0000|record with invalid length",
                "fd 00|record with invalid length",
                "fc 000000|record with invalid length",
                "00|record with invalid length",
                "00 10 0000 0200 00|record with invalid length"
            })
    void refusesWhatCannotBeWithPostgresWords(String body, String problem) {
        assertThatThrownBy(() -> decode(WalVersion.V15, body))
                .isInstanceOf(InvalidWalException.class)
                .hasMessageStartingWith(problem)
                .hasMessageEndingWith(" at " + START);
    }

    @Test
    void refusesBlocksOutOfOrder() {
        String block = "00 0000" + RELATION + "00000000";

        assertThatThrownBy(() -> decode(WalVersion.V15, "01" + block + "00" + block + "00".repeat(8)))
                .hasMessage("out-of-order block_id 0 at " + START);
        assertThatThrownBy(() -> decode(WalVersion.V15, "01" + block + "01" + block + "00".repeat(8)))
                .hasMessage("out-of-order block_id 1 at " + START);
    }

    @Test
    void refusesEveryTruncationAndEveryFlippedByte() {
        byte[] whole = WalBuilder.record(10, 0x50, HexFormat.of().parseHex("ff0461626364"), Lsn.INVALID);
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x41;
            ByteBuffer damaged = ByteBuffer.wrap(flipped).order(ByteOrder.LITTLE_ENDIAN);
            assertThatThrownBy(() -> codec.checkCrc(damaged, START))
                    .as("byte %d", i)
                    .isInstanceOf(InvalidWalException.class);
        }
        for (int length = XLogRecord.HEADER_BYTES + 1; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole).slice(0, length).order(ByteOrder.LITTLE_ENDIAN);
            assertThatThrownBy(() -> codec.decode(cut, START, START, WalVersion.V15))
                    .as("%d bytes", length)
                    .isInstanceOf(InvalidWalException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "V14, 21, true",
        "V14, 22, false",
        "V14, 128, false",
        "V15, 22, false",
        "V15, 127, false",
        "V15, 128, true",
        "V18, 255, true"
    })
    void knowsTheResourceManagersOfEachVersion(WalVersion version, int id, boolean valid) {
        ByteBuffer record = ByteBuffer.wrap(WalBuilder.record(id, 0, new byte[0], Lsn.INVALID))
                .order(ByteOrder.LITTLE_ENDIAN);

        if (valid) {
            assertThat(version.hasResourceManager(id)).isTrue();
        } else {
            assertThatThrownBy(() -> XLogRecordCodec.checkHeader(record, 0, START, null, version))
                    .hasMessage("invalid resource manager ID %d at %s".formatted(id, START));
        }
    }

    private XLogRecord decode(WalVersion version, String body) throws InvalidWalException {
        byte[] content = bytes(body).array();
        ByteBuffer record = ByteBuffer.wrap(WalBuilder.record(10, 0x50, content, Lsn.INVALID))
                .order(ByteOrder.LITTLE_ENDIAN);
        codec.checkCrc(record, START);
        return codec.decode(record, START, START.plus(record.capacity()), version);
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
