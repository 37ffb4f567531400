// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.ipc.Latch;
import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.Script;
import io.walcast.testkit.primary.ScriptedPrimary;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.WalReceiverConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that lie, ask for too much or send what cannot be, before there is a session. */
@Timeout(60)
final class HostileServerIT {
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;
    private static final byte[] NOTHING = new byte[0];

    @AfterEach
    void lookForLeaks() {
        LeakRecorder.assertNothingLeaked();
    }

    private static WalReceiverConnection connect(ScriptedPrimary primary, String more) {
        return new LibpqReceiverTransport()
                .connect(ConnectOptions.of(primary.conninfo(more), new Latch())
                        .withEnvironment(Map.of())
                        .withTimeout(Duration.ofSeconds(10)));
    }

    /** Starts a server, fails to connect, and returns what the failure was. */
    private static WalException refused(String more, Script script) {
        try (ScriptedPrimary primary = ScriptedPrimary.start(script)) {
            WalReceiverConnection connection = connect(primary, more);
            connection.close();
            throw new AssertionError("connected");
        } catch (WalException e) {
            return e;
        }
    }

    private static WalException refusedAfterStartup(String more, Script script) {
        return refused("sslmode=disable password=pencil " + more, session -> {
            session.readStartup();
            script.run(session);
        });
    }

    @Test
    void refusesBytesBehindTheAnswerToItsRequestForTls() {
        WalException e = refused("sslmode=require", session -> {
            session.readStartup();
            session.sendRaw("Sxyz".getBytes(ISO_8859_1));
            session.awaitEnd();
        });

        assertThat(e.sqlState()).isEqualTo(SqlState.PROTOCOL_VIOLATION);
        assertThat(e).hasMessageEndingWith("received unencrypted data after SSL response");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prefer", "require"})
    void doesNotShowWhatAServerSaysBeforeTls(String mode) {
        WalException e = refused("sslmode=" + mode, session -> {
            session.readStartup();
            session.sendFatal("XX000", "send your password to me");
        });

        assertThat(e).hasMessageContaining("server sent an error response during SSL exchange");
        assertThat(e).message().doesNotContain("send your password");
    }

    @Test
    void refusesAnAnswerThatIsNone() {
        assertThat(refused("sslmode=require", session -> {
                    session.readStartup();
                    session.sendRaw(new byte[] {'x'});
                    session.awaitEnd();
                }))
                .hasMessageEndingWith("received invalid response to SSL negotiation: \"x\"");
    }

    @Test
    void doesNotFallBackWhenTlsIsRequired() {
        assertThat(refused("sslmode=require", PrimarySession::acceptStartup))
                .hasMessageEndingWith("server does not support SSL, but SSL was required");
        assertThat(refused("sslmode=require", session -> {
                    session.readStartup();
                    session.sendRaw(new byte[] {'S'});
                    session.close();
                }))
                .isInstanceOf(ConnectionException.class);
    }

    @Test
    void triesWithoutTlsWhenTheHandshakeFailsAndThatIsAllowed() {
        Script broken = session -> {
            session.readStartup();
            session.sendRaw(new byte[] {'S'});
            session.close();
        };
        try (ScriptedPrimary primary = ScriptedPrimary.start(broken, session -> {
                    session.acceptStartup();
                    session.awaitEnd();
                });
                WalReceiverConnection connection = connect(primary, "sslmode=prefer")) {
            assertThat(connection.senderInfo().tls()).isNull();
        }
    }

    @Test
    void doesNotAskAgainWithoutTlsWhenThePasswordWasWrong() {
        try (ScriptedPrimary primary = ScriptedPrimary.start(session -> {
            session.declineEncryption();
            session.sendAuthentication(3, NOTHING);
            session.readTagged();
            session.sendFatal("28P01", "password authentication failed");
        })) {
            assertThatThrownBy(() -> connect(primary, "password=x")).isInstanceOf(ServerErrorException.class);
            assertThat(primary.sessions()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7|GSSAPI authentication is not supported",
                "9|SSPI authentication is not supported",
                "2|authentication method 2 not supported",
                "11|authentication method 11 not supported",
                "-1|authentication method -1 not supported",
            })
    void refusesRequestsItDoesNotKnow(int request, String reason) {
        assertThat(refusedAfterStartup("", session -> {
                    session.sendAuthentication(request, NOTHING);
                    session.awaitEnd();
                }))
                .hasMessageEndingWith(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5200000003|invalid message length",
                "52000000060000|insufficient data left in message",
                "520000000800000005|insufficient data left in message",
                "5200010001|message \"R\" longer than 64 KB",
                "4540000000|message \"E\" longer than 64 KB",
                "5a0000000549|expected authentication request from server, but received \"Z\"",
                "ff00000004|expected authentication request from server, but received 0xff",
                "48545450|timeout expired",
            })
    void refusesFramesThatAreNoAuthentication(String hex, String reason) {
        assertThat(refusedAfterStartup("connect_timeout=2", session -> {
                    session.sendRaw(HexFormat.of().parseHex(hex));
                    session.startReading();
                    session.awaitEnd();
                }))
                .hasMessageContaining(reason);
    }

    @Test
    void refusesAServerThatSkipsItsProof() {
        WalException skipped = refusedAfterStartup("", session -> {
            session.sendAuthentication(SASL, "SCRAM-SHA-256\0\0".getBytes(ISO_8859_1));
            session.readTagged();
            session.sendAuthenticationOk();
            session.awaitEnd();
        });

        assertThat(skipped).hasMessageEndingWith("server skipped its SCRAM proof");
        assertThat(skipped.sqlState()).isEqualTo(SqlState.INVALID_AUTHORIZATION);
        assertThat(skipped.retry()).isEqualTo(Retry.SLOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r=other,s=AAAA,i=4096|invalid SCRAM response (nonce mismatch)",
                "r=,s=AAAA,i=4096|malformed SCRAM message (server-first)",
                "$,s=AAAA,i=2147483647|server asks 2147483647 SCRAM iterations, limit 100000",
                "$,s=AAAA,i=0|invalid SCRAM iteration count",
                "$,s=,i=4096|malformed SCRAM message (salt)",
            })
    void refusesServerFirstMessagesOnTheWire(String serverFirst, String reason) {
        assertThat(refusedAfterStartup("", session -> {
                    session.sendAuthentication(SASL, "SCRAM-SHA-256\0\0".getBytes(ISO_8859_1));
                    String nonce = nonceOf(session) + "server";
                    session.sendAuthentication(
                            SASL_CONTINUE,
                            serverFirst.replace("$", "r=" + nonce).getBytes(ISO_8859_1));
                    session.startReading();
                    session.awaitEnd();
                }))
                .hasMessageEndingWith(reason);
    }

    private static String nonceOf(PrimarySession session) throws IOException {
        String initial = ISO_8859_1.decode(session.readTagged().body()).toString();
        return initial.substring(initial.indexOf("r=") + 2);
    }

    @Test
    void refusesMoreSaslThanThereCanBe() {
        String many = IntStream.range(0, 200).mapToObj(i -> "MECHANISM\0").reduce("", String::concat);

        assertThat(refusedAfterStartup("", session -> {
                    session.sendAuthentication(SASL, (many + "\0").getBytes(ISO_8859_1));
                    session.awaitEnd();
                }))
                .hasMessageEndingWith("SASL mechanism list longer than 1 KB");
        assertThat(refusedAfterStartup("", session -> {
                    session.sendAuthentication(SASL, "SCRAM-SHA-256\0\0".getBytes(ISO_8859_1));
                    session.readTagged();
                    session.sendAuthentication(SASL_CONTINUE, new byte[3000]);
                    session.awaitEnd();
                }))
                .hasMessageEndingWith("SASL message longer than 2048");
        assertThat(refusedAfterStartup("", session -> {
                    session.sendAuthentication(SASL, "SCRAM-SHA-256\0\0".getBytes(ISO_8859_1));
                    session.readTagged();
                    session.sendAuthentication(SASL_FINAL, "v=AAAA".getBytes(ISO_8859_1));
                    session.awaitEnd();
                }))
                .hasMessageEndingWith("malformed SCRAM message (server-final out of place)");
        assertThat(refusedAfterStartup("", session -> {
                    session.sendAuthentication(SASL, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0".getBytes(ISO_8859_1));
                    session.awaitEnd();
                }))
                .hasMessageEndingWith("server offered SCRAM-SHA-256-PLUS authentication over a non-SSL connection");
        assertThat(refusedAfterStartup("", session -> {
                    session.sendAuthentication(SASL, "OAUTHBEARER\0\0".getBytes(ISO_8859_1));
                    session.awaitEnd();
                }))
                .hasMessageEndingWith("none of the server's SASL authentication mechanisms are supported");
    }

    @Test
    void goesOnToTheNextHostWhenAServerCannotTakeConnectionsNow() {
        try (ScriptedPrimary starting = ScriptedPrimary.start(session -> {
                    session.declineEncryption();
                    session.sendFatal("57P03", "the database system is starting up");
                });
                ScriptedPrimary ready = ScriptedPrimary.start(session -> {
                    session.acceptStartup();
                    session.awaitEnd();
                })) {
            String both = "host=127.0.0.1,127.0.0.1 port=%d,%d user=u".formatted(starting.port(), ready.port());
            try (WalReceiverConnection connection = new LibpqReceiverTransport()
                    .connect(ConnectOptions.of(both, new Latch()).withEnvironment(Map.of()))) {
                assertThat(connection.senderInfo().port()).isEqualTo(ready.port());
            }
        }
    }

    @Test
    void givesUpOnASilentServerInTime() {
        WalException e = refused("sslmode=disable connect_timeout=2", session -> {
            session.readStartup();
            session.startReading();
            session.awaitEnd();
        });

        assertThat(e).isInstanceOf(ConnectionException.class).hasMessageEndingWith("timeout expired");
        assertThat(e.sqlState()).isEqualTo(SqlState.CANNOT_CONNECT);
    }

    @Test
    void givesUpInTimeOnAServerThatFloods() {
        byte[] notification = FakeWire.frame('A', new byte[6]);
        WalException e = refused("sslmode=disable connect_timeout=2", session -> {
            session.readStartup();
            flood(session, notification);
        });

        assertThat(e).isInstanceOf(ConnectionException.class).hasMessageEndingWith("timeout expired");
    }

    @Test
    void refusesParametersWithoutEndBeforeItIsLoggedIn() {
        WalException e = refusedAfterStartup("", session -> {
            for (int i = 0; true; i++) {
                flood(session, FakeWire.frame('S', "p%d\0x\0".formatted(i).getBytes(ISO_8859_1)), 1);
            }
        });

        assertThat(e).isInstanceOf(ProtocolViolationException.class);
        assertThat(e).hasMessageEndingWith("server reports more than 200 parameters");
    }

    @Test
    void answersARequestForAPasswordOnce() {
        byte[] request = FakeWire.frame('R', new byte[] {0, 0, 0, 3});
        WalException e = refusedAfterStartup("", session -> flood(session, request));

        assertThat(e).isInstanceOf(ProtocolViolationException.class);
        assertThat(e).hasMessageEndingWith("unexpected authentication request 3");
    }

    private static void flood(PrimarySession session, byte[] frame) throws IOException {
        while (true) {
            flood(session, frame, 1000);
        }
    }

    private static void flood(PrimarySession session, byte[] frame, int times) throws IOException {
        ByteBuffer frames = ByteBuffer.allocate(times * frame.length);
        while (frames.hasRemaining()) {
            frames.put(frame);
        }
        session.sendRaw(frames.array());
    }

    @Test
    void doesNotRepeatItsPasswordInAnyError() {
        WalException e = refused("sslmode=disable password=hunter2", session -> {
            session.readStartup();
            session.sendAuthentication(3, NOTHING);
            session.readTagged();
            session.sendFatal("28P01", "no");
        });

        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            assertThat(cause).asString().doesNotContain("hunter2");
        }
    }

    @Test
    void asksForTheNewestProtocolOnlyWhenToldTo() {
        try (ScriptedPrimary primary = ScriptedPrimary.start(session -> {
                    assertThat(session.declineEncryption().code()).isEqualTo(ProtocolVersions.V3_2);
                    session.sendRaw(HexFormat.of().parseHex("760000000c0003000000000000"));
                    session.sendAuthenticationOk();
                    session.completeStartup(PrimarySession.PARAMETERS);
                    session.awaitEnd();
                });
                WalReceiverConnection connection = connect(primary, "max_protocol_version=latest")) {
            assertThat(connection.senderInfo().serverMajor()).isEqualTo(18);
        }
        assertThat(refused("sslmode=disable min_protocol_version=3.2", session -> {
                    session.readStartup();
                    session.sendRaw(HexFormat.of().parseHex("760000000c0003000000000000"));
                    session.awaitEnd();
                }))
                .hasMessageEndingWith("client uses 3.2, server supports up to 3.0");
    }
}
