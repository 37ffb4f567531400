// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import io.walcast.auth.ScramKeys;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.transport.client.Secret;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScramClientTest {
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = NONCE + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
    private static final String SERVER_FIRST = "r=" + SERVER_NONCE + ",s=" + SALT + ",i=4096";

    private static ScramClient client(String password) {
        return client(password, ScramBinding.NOT_SUPPORTED, 1);
    }

    private static ScramClient client(String password, ScramBinding binding, int smallestIterations) {
        return new ScramClient(new Secret(password), binding, NONCE, smallestIterations);
    }

    /** RFC 7677, section 3; the user name is part of what is signed there, so the functions are tested. */
    @Test
    void computesTheExampleOfRfc7677() {
        byte[] salted = ScramKeys.saltedPassword(
                "pencil".getBytes(UTF_8), Base64.getDecoder().decode(SALT), 4096);
        byte[] authMessage = ("n=user,r=" + NONCE + "," + SERVER_FIRST + ",c=biws,r=" + SERVER_NONCE).getBytes(UTF_8);

        assertThat(Base64.getEncoder().encodeToString(ScramKeys.clientProof(salted, authMessage)))
                .isEqualTo("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assertThat(Base64.getEncoder()
                        .encodeToString(ScramKeys.serverSignature(ScramKeys.serverKey(salted), authMessage)))
                .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pencil", "", "p\u00e4ss", "\u2168", "I\u00adX", "a\u00a0b", "\u0007bell", "x\ud83d\ude00"})
    void agreesWithAnotherServer(String password) {
        ScramClient client = client(password);
        String first = client.first();
        String last = client.last(SERVER_FIRST);
        String withoutProof = last.substring(0, last.indexOf(",p="));
        String authMessage = first.substring(3) + "," + SERVER_FIRST + "," + withoutProof;
        byte[] salted = password.isEmpty()
                ? ScramKeys.saltedPassword(new byte[0], Base64.getDecoder().decode(SALT), 4096)
                : ScramFunctions.saltedPassword(
                        ScramMechanism.SCRAM_SHA_256,
                        StringPreparation.POSTGRESQL_PREPARATION,
                        password.toCharArray(),
                        Base64.getDecoder().decode(SALT),
                        4096);
        byte[] clientKey = ScramFunctions.clientKey(ScramMechanism.SCRAM_SHA_256, salted);
        byte[] storedKey = ScramFunctions.storedKey(ScramMechanism.SCRAM_SHA_256, clientKey);
        byte[] serverKey = ScramFunctions.serverKey(ScramMechanism.SCRAM_SHA_256, salted);
        byte[] proof = Base64.getDecoder().decode(last.substring(last.indexOf(",p=") + 3));

        assertThat(first).isEqualTo("n,,n=,r=" + NONCE);
        assertThat(withoutProof).isEqualTo("c=biws,r=" + SERVER_NONCE);
        assertThat(ScramFunctions.verifyClientProof(ScramMechanism.SCRAM_SHA_256, proof, storedKey, authMessage))
                .isTrue();
        client.verify("v="
                + Base64.getEncoder()
                        .encodeToString(
                                ScramFunctions.serverSignature(ScramMechanism.SCRAM_SHA_256, serverKey, authMessage)));
        assertThat(client.isVerified()).isTrue();
    }

    @Test
    void bindsToTheServersCertificate() {
        ScramClient client = client("pencil", ScramBinding.toEndPoint(new byte[] {1, 2, 3}), 1);

        assertThat(client.first()).startsWith("p=tls-server-end-point,,n=,r=");
        String expected = Base64.getEncoder().encodeToString("p=tls-server-end-point,,\1\2\3".getBytes(UTF_8));
        assertThat(client.last(SERVER_FIRST)).startsWith("c=" + expected + ",r=");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "i=2147483647|server asks 2147483647 SCRAM iterations, limit 100000",
                "i=100001|server asks 100001 SCRAM iterations, limit 100000",
                "i=0|invalid SCRAM iteration count",
                "i=4095|SCRAM iteration count below 4096",
                "i=-1|malformed SCRAM message (server-first)",
                "i=99999999999|malformed SCRAM message (server-first)",
                "i=|malformed SCRAM message (server-first)",
                "i=4096x|malformed SCRAM message (server-first)",
            })
    void boundsTheWork(String iterations, String message) {
        ScramClient strict = client("pencil", ScramBinding.NOT_SUPPORTED, 4096);

        assertThatThrownBy(() -> strict.last("r=" + SERVER_NONCE + ",s=" + SALT + "," + iterations))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r=",
                "m=x,r=a",
                "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "r=" + SERVER_NONCE,
                "r=" + SERVER_NONCE + ",s=,i=4096",
                "r=" + SERVER_NONCE + ",s=%%%,i=4096",
                "r=" + NONCE + ",s=" + SALT + ",i=4096",
                "r=someone-elses,s=" + SALT + ",i=4096",
                "r=" + NONCE + "\u0001x,s=" + SALT + ",i=4096",
            })
    void refusesServerFirstMessages(String message) {
        assertThatThrownBy(() -> client("pencil").last(message)).isInstanceOf(ProtocolViolationException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "v=AAAA, 28000, incorrect server signature",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=, 28000, incorrect server signature",
        "v=%, 08P01, malformed SCRAM message (signature)",
        "e=invalid-proof, 28P01, server reported SCRAM error: invalid-proof",
        "x, 28000, incorrect server signature",
        "'', 28000, incorrect server signature",
    })
    void doesNotBelieveAServerThatProvesNothing(String serverFinal, String state, String message) {
        ScramClient client = client("pencil");
        assertThat(client.last(SERVER_FIRST)).isNotEmpty();

        assertThatThrownBy(() -> client.verify(serverFinal))
                .isInstanceOfSatisfying(
                        WalException.class, e -> assertThat(e.sqlState()).isEqualTo(new SqlState(state)))
                .hasMessage(message);
        assertThat(client.isVerified()).isFalse();
    }

    @Test
    void keepsTheOrderOfMessages() {
        ScramClient client = client("pencil");

        assertThatThrownBy(() -> client.verify("v=AAAA")).isInstanceOf(ProtocolViolationException.class);
        assertThat(client.last(SERVER_FIRST)).isNotEmpty();
        assertThatThrownBy(() -> client.last(SERVER_FIRST)).isInstanceOf(ProtocolViolationException.class);
    }

    @Test
    void makesANewNonceEachTime() {
        assertThat(ScramClient.newNonce()).hasSize(24).isNotEqualTo(ScramClient.newNonce());
    }
}
