// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.Lsn;
import io.walcast.fuzz.Input;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

final class XLogRecordCodecFuzzTest {
    private static final Lsn START = Lsn.parse("0/1000028");
    private static final Lsn END = Lsn.parse("0/2000000");

    /** A version and a record, to which the right length, back-link and checksum are put: what is behind them is tried. */
    @FuzzTest
    void decodesWhatHasARightChecksum(byte[] bytes) throws InvalidWalException {
        Input input = new Input(bytes);
        WalVersion version = input.oneOf(WalVersion.values());
        ByteBuffer record = sealed(input.rest());
        XLogRecordCodec codec = new XLogRecordCodec();

        codec.checkCrc(record, START);
        Optional<XLogRecord> decoded = decoded(codec, record, version);

        if (decoded.isPresent()) {
            assertThat(decoded.get().totalLength()).isEqualTo(record.capacity());
            long parts = RecordParts.of(decoded.get());
            assertThat(RecordParts.of(codec.decode(record, START, END, version)))
                    .isEqualTo(parts);
        }
    }

    private static Optional<XLogRecord> decoded(XLogRecordCodec codec, ByteBuffer record, WalVersion version) {
        try {
            XLogRecordCodec.checkHeader(record, 0, START, null, version);
            return Optional.of(codec.decode(record, START, END, version));
        } catch (InvalidWalException e) {
            assertThat(e.text()).contains(START.toString());
            assertThat(e.reason()).isEqualTo(EndOfWal.Reason.INVALID);
            return Optional.empty();
        }
    }

    private static ByteBuffer sealed(byte[] bytes) {
        ByteBuffer record = ByteBuffer.allocate(Math.max(bytes.length, XLogRecord.HEADER_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        record.put(bytes).clear();
        record.putInt(0, record.capacity());
        record.putLong(XLogRecord.AT_PREVIOUS, START.value() - XLogRecord.HEADER_BYTES);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), XLogRecord.HEADER_BYTES, record.capacity() - XLogRecord.HEADER_BYTES);
        crc.update(record.array(), 0, XLogRecord.AT_CHECKSUM);
        return record.putInt(XLogRecord.AT_CHECKSUM, (int) crc.getValue());
    }
}
