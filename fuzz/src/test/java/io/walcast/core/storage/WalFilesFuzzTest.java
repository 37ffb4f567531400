// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.XLogPageHeader;
import io.walcast.fuzz.Input;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

final class WalFilesFuzzTest {

    @FuzzTest
    void takesOnlyNamesOfWalFilesForSuch(byte[] bytes) {
        String name = Input.text(bytes);
        Optional<WalFileName> file = WalFileName.parse(name);

        assertThat(file.isPresent() && WalFileName.isSimilar(name)).isFalse();
        assertThat(WalFileName.isHistory(name) && WalFileName.isUnfinishedHistory(name))
                .isFalse();
        if (file.isPresent()) {
            assertThat(file.get().fileName()).isEqualTo(name);
            assertThat(file.get().compareTo(file.get())).isZero();
            assertThat(WalFileName.isHistory(name)).isFalse();
            Optional<SegmentName> segment = file.get().segmentName(SegmentSize.DEFAULT);
            segment.ifPresent(known -> assertThat(known.fileName(SegmentSize.DEFAULT))
                    .isEqualTo(file.get().segment()));
        }
    }

    /** The first bytes of a segment, whose name fits them if a choice says so. */
    @FuzzTest
    void believesALongHeaderOnlyIfItFitsTheName(byte[] bytes) {
        Input input = new Input(bytes);
        boolean fitting = input.uint8() % 4 != 0;
        ByteBuffer header = ByteBuffer.allocate(LongPageHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(input.bytes(LongPageHeader.BYTES));
        WalFileName name = WalFileName.parse(fitting ? fittingName(header) : "000000010000000000000001")
                .orElseThrow();
        boolean whole = header.position() == LongPageHeader.BYTES;

        Optional<ServedCluster> cluster = LongPageHeader.cluster(header, name);

        if (cluster.isPresent()) {
            SegmentSize size = cluster.get().identity().segmentSize();
            assertThat(whole).isTrue();
            assertThat(cluster.get().major()).isBetween(14, 18);
            assertThat(name.segmentName(size).map(segment -> segment.start(size)))
                    .contains(new Lsn(XLogPageHeader.pageAddress(header, 0)));
        }
    }

    private static String fittingName(ByteBuffer header) {
        int timeline = XLogPageHeader.timeline(header, 0);
        int bytes = XLogPageHeader.segmentSize(header, 0);
        SegmentSize size = LongPageHeader.isSegmentSize(bytes) ? new SegmentSize(bytes) : SegmentSize.DEFAULT;
        Lsn address = new Lsn(XLogPageHeader.pageAddress(header, 0));
        return SegmentName.containing(new TimelineId(timeline == 0 ? 1 : timeline), address, size)
                .fileName(size);
    }
}
