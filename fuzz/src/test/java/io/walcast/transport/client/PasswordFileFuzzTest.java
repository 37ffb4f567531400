// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConfigurationException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.fuzz.TemporaryFile;
import java.nio.file.Path;
import java.util.Optional;

final class PasswordFileFuzzTest {
    private static final int FIXED_BYTES = 1 << 20;

    private final TemporaryFile file = new TemporaryFile();

    @FuzzTest
    void findsAPasswordOrNone(byte[] bytes) {
        Optional<Optional<Secret>> found = find(bytes, "host", "user");

        assertThat(found).isPresent();
        found.get().ifPresent(secret -> assertThat(secret.reveal()).isNotEmpty().doesNotContain("\n"));
    }

    /** Host, user and password, each up to a line feed: a line that was written for them is found, and no other one. */
    @FuzzTest
    void findsWhatWasWrittenForIt(byte[] bytes) {
        String[] parts = Input.text(bytes).split("[\\n\\r]", -1);
        if (parts.length < 3 || parts[2].isEmpty() || parts[0].startsWith("#")) {
            return;
        }
        String line = escaped(parts[0]) + ":5432:*:" + escaped(parts[1]) + ":" + escaped(parts[2]) + "\n";
        byte[] content = ("other:*:*:*:wrong\n" + line).getBytes(UTF_8);
        if (!parts[0].equals("other")) {
            assertThat(find(content, parts[0], parts[1]).flatMap(secret -> secret.map(Secret::reveal)))
                    .contains(parts[2]);
        }
    }

    private static String escaped(String text) {
        return text.equals("*") ? "\\*" : text.replace("\\", "\\\\").replace(":", "\\:");
    }

    private Optional<Optional<Secret>> find(byte[] content, String host, String user) {
        Path path = file.with(content);
        PasswordFile passwords =
                new PasswordFile(path, warning -> assertThat(warning).isNotBlank());
        return ParserContract.parse(
                content.length,
                FIXED_BYTES,
                ConfigurationException.class,
                () -> Optional.ofNullable(passwords.find(host, "5432", "database", user)));
    }
}
