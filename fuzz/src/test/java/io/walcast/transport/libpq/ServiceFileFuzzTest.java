// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConfigurationException;
import io.walcast.fuzz.ParserContract;
import io.walcast.fuzz.TemporaryFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

final class ServiceFileFuzzTest {
    private static final String SERVICE = "primary";
    private static final Map<String, String> NO_OTHER_FILE = Map.of("PGSYSCONFDIR", "/nonexistent");

    private final TemporaryFile file = new TemporaryFile();

    /** What a service says can be written line by line, and is read the same. */
    @FuzzTest
    void readsWhatItWouldWrite(byte[] bytes) {
        Optional<Map<ConninfoKeyword, String>> read = find(bytes);

        if (read.isPresent()) {
            StringBuilder written = new StringBuilder("[" + SERVICE + "]\n");
            read.get()
                    .forEach((keyword, value) -> written.append(keyword.word())
                            .append('=')
                            .append(value)
                            .append('\n'));
            assertThat(find(written.toString().getBytes(UTF_8))).isEqualTo(read);
        }
    }

    private Optional<Map<ConninfoKeyword, String>> find(byte[] content) {
        Path path = file.with(content);
        return ParserContract.parse(
                content.length,
                ConfigurationException.class,
                () -> ServiceFile.find(SERVICE, path, true, NO_OTHER_FILE));
    }
}
