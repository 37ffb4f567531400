// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static io.walcast.transport.libpq.server.FrontendClient.GSSENC_REQUEST;
import static io.walcast.transport.libpq.server.FrontendClient.SSL_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.libpq.server.FrontendClient.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may say before it is known, and what it gets. */
@Timeout(60)
class StartupIT {
    private static final int V3_2 = 3 << 16 | 2;
    private static final int GREASE = 3 << 16 | 9999;

    @TempDir
    private Path directory;

    private ServerUnderTest server;

    @BeforeEach
    void listen() {
        Limits limits = new Limits(Duration.ofSeconds(1), 64, 8, 3, 1 << 20, 16 << 10);
        server = ServerUnderTest.start(directory, ServerUnderTest.anyPort().withLimits(limits));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private String answer(String... namesAndValues) throws IOException {
        try (FrontendClient client = server.connect()) {
            return client.startup(namesAndValues).read().toString();
        }
    }

    @Test
    void declinesEncryptionOnceOfEachKindThenGoesOn() throws IOException {
        try (FrontendClient client = server.connect()) {
            assertThat(client.packet(GSSENC_REQUEST).readByte()).isEqualTo('N');
            assertThat(client.packet(SSL_REQUEST).readByte()).isEqualTo('N');
            assertThat(client.startup("user", "rep", "replication", "1").typesUntil('Z'))
                    .isEqualTo("RSSSKZ");
        }
        try (FrontendClient client = server.connect()) {
            assertThat(client.packet(SSL_REQUEST).readByte()).isEqualTo('N');
            assertThat(client.packet(GSSENC_REQUEST).readByte()).isEqualTo('N');
            assertThat(client.packet(SSL_REQUEST).read().toString())
                    .isEqualTo("E FATAL 0A000 unsupported frontend protocol 1234.5679: server supports 3.0 to 3.0");
        }
    }

    @Test
    void refusesWhatIsSentAlongWithARequestForEncryption() throws IOException {
        try (FrontendClient client = server.connect()) {
            client.raw("0000000804d2162f0000");

            assertThat(client.read().toString()).isEqualTo("E FATAL 08P01 received unencrypted data after SSL request");
            assertThat(client.typesUntil('Z')).isEqualTo(".");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, PHYSICAL",
        "on, PHYSICAL",
        "yes, PHYSICAL",
        "1, PHYSICAL",
        "tru, PHYSICAL",
        "T, PHYSICAL",
        "database, LOGICAL",
        "false, SQL",
        "off, SQL",
        "0, SQL",
        "n, SQL"
    })
    void readsWhatTheConnectionIsFor(String replication, Mode mode) throws IOException {
        try (FrontendClient client = server.connect()) {
            client.startup("user", "rep", "database", "app", "replication", replication)
                    .until('Z');

            SessionRequest request = server.session().request;
            assertThat(request.mode()).isEqualTo(mode);
            assertThat(request.database()).isEqualTo(mode == Mode.PHYSICAL ? null : "app");
        }
    }

    @Test
    void passesSettingsOnThoseOfOptionsFirst() throws IOException {
        try (FrontendClient client = server.connect()) {
            String options = "-c wal_sender_timeout=5s -cDateStyle=iso --a-b=c\\ d -c a_b=last\\\\";
            client.startup(
                            "user",
                            "rep",
                            "replication",
                            "true",
                            "options",
                            options,
                            "application_name",
                            "s1",
                            "TimeZone",
                            "UTC")
                    .until('Z');

            assertThat(new ArrayList<>(server.session().request.parameters().entrySet()))
                    .extracting(Object::toString)
                    .containsExactly(
                            "wal_sender_timeout=5s",
                            "datestyle=iso",
                            "a_b=last\\",
                            "application_name=s1",
                            "timezone=UTC");
        }
    }

    static Stream<List<String>> refusals() {
        String user = "user";
        return Stream.of(
                List.of("28000 no PostgreSQL user name specified in startup packet", "replication", "true"),
                List.of("28000 role name contains control character", user, "a\nb"),
                List.of("08P01 parameter \"user\" given twice", user, "a", user, "b"),
                List.of(
                        "22023 invalid value for parameter \"replication\": \"maybe\"",
                        user,
                        "a",
                        "replication",
                        "maybe"),
                List.of("42601 -c a requires a value", user, "a", "options", "-c a"),
                List.of("42601 --a requires a value", user, "a", "options", "--a"),
                List.of("42601 invalid command-line argument for server process: -c", user, "a", "options", "-c"),
                List.of("42601 invalid command-line argument for server process: x", user, "a", "options", "x"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesAPacketThatSaysWhatCannotBe(List<String> refusal) throws IOException {
        String[] startup = refusal.subList(1, refusal.size()).toArray(new String[0]);

        assertThat(answer(startup)).isEqualTo("E FATAL " + refusal.get(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 17, 18})
    void speaksTheNewestVersionThatPostgresqlOfThatMajorDoes(int major) throws IOException {
        server.service.major = major;
        boolean long32 = major == 18;
        try (FrontendClient client = server.connect()) {
            List<Message> messages =
                    client.startup(V3_2, "user", "rep", "replication", "true").until('Z');
            assertThat(types(messages)).isEqualTo(long32 ? "RSSSKZ" : "vRSSSKZ");
            Message key = messages.get(messages.size() - 2);
            assertThat(key.body()).hasSize(4 + (long32 ? 32 : 4));
        }
        try (FrontendClient client = server.connect()) {
            List<Message> messages = client.startup(GREASE, "user", "rep", "replication", "true", "_pq_.foo", "1")
                    .until('Z');
            assertThat(types(messages)).isEqualTo("vRSSSKZ");
            byte minor = (byte) (long32 ? 2 : 0);
            assertThat(messages.get(0).body())
                    .startsWith(0, 3, 0, minor, 0, 0, 0, 1)
                    .endsWith('_', 'p', 'q', '_', '.', 'f', 'o', 'o', 0);
        }
    }

    private static String types(List<Message> messages) {
        StringBuilder types = new StringBuilder();
        messages.forEach(message -> types.append(message.type()));
        return types.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "0000002000030000", "160301"})
    void closesWhenTheDeadlineHasPassed(String hex) throws IOException {
        try (FrontendClient client = server.connect()) {
            assertThat(client.raw(hex).readByte()).isEqualTo(-1);
        }
    }

    @Test
    void takesNoMoreThanItsConnections() throws IOException {
        try (FrontendClient a = server.connect().logIn();
                FrontendClient b = server.connect().logIn();
                FrontendClient c = server.connect().logIn()) {
            assertThat(answer("user", "rep")).isEqualTo("E FATAL 53300 sorry, too many clients already");
            assertThat(List.of(a, b, c)).hasSize(3);
        }
        server.service.refusing = true;
        try (FrontendClient client = server.connect()) {
            assertThat(client.startup("user", "rep").typesUntil('E')).isEqualTo("RE");
        }
    }
}
