// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class JsonFuzzTest {

    /** A status file that anybody may have written; what was read can be printed. */
    @FuzzTest
    void readsWhatItWouldWrite(byte[] bytes) throws IOException {
        Optional<List<Object>> read =
                ParserContract.parse(bytes.length, UncheckedIOException.class, () -> only(Input.text(bytes)));

        if (read.isPresent()) {
            String written = Json.write(read.get());
            assertThat(Json.write(Json.read(written))).isEqualTo(written);
            if (read.get().get(0) instanceof Map<?, ?> map) {
                assertThat(Table.lines(List.of(map))).isNotEmpty();
            }
        }
    }

    private static List<Object> only(String text) {
        List<Object> only = new ArrayList<>();
        try {
            only.add(Json.read(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return only;
    }
}
