// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

final class StreamPageCheckFuzzTest {
    private static final String SOUND = "sound";

    /** The size of pieces, where the stream begins in its first page, and pages, of the cluster that the first one names. */
    @FuzzTest
    void saysTheSameHoweverTheStreamIsCut(byte[] bytes) {
        Input input = new Input(bytes);
        int pieceBytes = 1 + input.uint16();
        int offset = input.uint16() % XLogPageHeader.PAGE_BYTES;
        byte[] pages = input.rest();
        ByteBuffer header = ByteBuffer.allocate(XLogPageHeader.LONG_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(pages, 0, Math.min(pages.length, header.capacity())).clear();
        offset = Math.min(offset, pages.length);

        String whole = checked(header, pages, offset, Math.max(1, pages.length));

        assertThat(checked(header, pages, offset, pieceBytes)).isEqualTo(whole);
        assertThat(checked(header, pages, offset, 1)).isEqualTo(whole);
    }

    private static String checked(ByteBuffer header, byte[] pages, int offset, int pieceBytes) {
        return ParserContract.parse(
                        pages.length, RefusedException.class, () -> check(header, pages, offset, pieceBytes))
                .orElse("");
    }

    private static String check(ByteBuffer header, byte[] pages, int offset, int pieceBytes) {
        int timeline = XLogPageHeader.timeline(header, 0);
        long system = XLogPageHeader.systemIdentifier(header, 0);
        StreamPageCheck check = new StreamPageCheck(
                new TimelineId(timeline == 0 ? 1 : timeline),
                new SegmentSize(SegmentSize.MIN_BYTES),
                new SystemIdentifier(system == 0 ? 1 : system));
        Lsn start = new Lsn(XLogPageHeader.pageAddress(header, 0) & -(long) XLogPageHeader.PAGE_BYTES);
        ByteBuffer stream = ByteBuffer.wrap(pages);
        try {
            for (int at = offset; at < pages.length; at += pieceBytes) {
                stream.clear().position(at).limit(Math.min(pages.length, at + pieceBytes));
                check.check(new Lsn(start.value() + at), stream);
                assertThat(stream.position()).isEqualTo(at);
            }
        } catch (RefusedException e) {
            return String.valueOf(e.getMessage());
        }
        return SOUND;
    }
}
