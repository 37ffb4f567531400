// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.http2.HeaderBlock.Field;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HeaderBlockTest {
    private final HeaderBlock block = new HeaderBlock();

    @Test
    void readsWhatItWrites() {
        byte[] written = HeaderBlock.encode("te", "trailers", "x", "", "long", "a".repeat(9000));

        assertThat(block.decode(ByteBuffer.wrap(written)))
                .containsExactly(new Field("te", "trailers"), new Field("x", ""), new Field("long", "a".repeat(9000)));
    }

    @Test
    void keepsATableAsTheExampleOfTheStandardDoes() {
        // RFC 7541, C.2.1, and then the entry again.
        byte[] coded = HexFormat.of().parseHex("400a637573746f6d2d6b65790d637573746f6d2d686561646572" + "be88");

        assertThat(block.decode(ByteBuffer.wrap(coded)))
                .containsExactly(
                        new Field("custom-key", "custom-header"),
                        new Field("custom-key", "custom-header"),
                        new Field(":status", "200"));
    }
}
