// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walcast.core.error.WalException;
import io.walcast.ipc.Latch;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.ToolPath;
import io.walcast.transport.ConnectOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be connected with is refused in libpq's own words, asked of the libpq that is installed. */
@Timeout(60)
@RequiresTool("psql")
final class LibpqWordsIT {
    private static final String PREFIX = "psql: error: ";

    @TempDir
    private static Path home;

    private static Map<String, String> environment;

    @BeforeAll
    static void writeServices() throws IOException {
        Path services = Files.writeString(
                home.resolve("services"),
                "[a]\nhost=127.0.0.1\nport=1\n[b]\nservice=a\n[c]\nfoo=1\n[d]\nhost\n[e]\n host = x\n[f]\nsslmode=x\n#%s\n"
                        .formatted("x".repeat(1100)));
        environment = Map.of("HOME", home.toString(), "PGSERVICEFILE", services.toString(), "PGSYSCONFDIR", "/nope");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "service=a",
                "service=b",
                "service=c",
                "service=d",
                "service=e",
                "service=f",
                "service=zz",
                "service=''",
                "sslmode=x",
                "sslmode=''",
                "channel_binding=x",
                "target_session_attrs=x",
                "target_session_attrs=''",
                "gssencmode=x",
                "ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2",
                "host=a port=1,2",
                "host=a,b hostaddr=1.1.1.1",
                "hostaddr=foo",
                "host=127.0.0.1 port=1",
                "host=127.0.0.1,127.0.0.1 port=1,2",
                "host=a hostaddr=127.0.0.1 port=1",
                "host=/nope",
                "host=@nope",
                "host=/tmp port=5x",
                "host=/tmp port=0",
                "host=/tmp port=99999",
                "host=/tmp port=' 99999 '",
                "bogus=1",
                "servicefile=x",
                "host='a",
                "postgresql://u:secret@127.0.0.1:1/",
                "postgresql://[::1/",
                "postgresql://[]/",
                "postgresql://[::1]x/",
                "postgresql://h/?foo=1",
                "postgresql://h/?host",
                "postgresql://h/?host=a=b",
                "postgresql://h%zz/",
                "postgresql://h/%00",
            })
    void areItsOwn(String conninfo) throws Exception {
        WalException refused = catchThrowableOfType(
                WalException.class,
                () -> new LibpqReceiverTransport()
                        .connect(ConnectOptions.of(conninfo, new Latch()).withEnvironment(environment))
                        .close());

        assertThat(refused).hasMessage(libpqsWords(conninfo));
    }

    private static String libpqsWords(String conninfo) throws IOException, InterruptedException {
        Path output = home.resolve("output");
        ProcessBuilder psql = new ProcessBuilder(
                        ToolPath.require("psql").toString(), "-X", "-w", "-d", conninfo, "-c", "")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> own = new HashMap<>(environment);
        own.put("LC_ALL", "C");
        psql.environment().clear();
        psql.environment().putAll(own);
        Process process = psql.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(output, UTF_8).strip();
        assertThat(text).startsWith(PREFIX);
        return text.substring(PREFIX.length());
    }
}
