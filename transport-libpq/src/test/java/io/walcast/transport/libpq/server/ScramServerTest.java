// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.auth.ScramVerifier;
import io.walcast.core.error.WalException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScramServerTest {
    private static final byte[] SALT = "sixteen bytes of".getBytes(StandardCharsets.US_ASCII);

    private static ScramServer server(boolean plusOffered) {
        return new ScramServer(ScramVerifier.derive("secret".toCharArray(), SALT, 4096), null, plusOffered);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x,,n=,r=abc; 08P01; malformed SCRAM message",
                "n; 08P01; malformed SCRAM message",
                "n,; 08P01; malformed SCRAM message",
                "n,,; 08P01; malformed SCRAM message",
                "n,,r=abc,n=; 08P01; malformed SCRAM message",
                "n,,n=,r=abc,1=x; 08P01; malformed SCRAM message",
                "p=tls-server-end-point,,n=,r=abc; 08P01; malformed SCRAM message",
                "n,a=bob,n=,r=abc; 0A000; client uses authorization identity, but it is not supported",
                "n,,m=x,n=,r=abc; 0A000; client requires an unsupported SCRAM extension",
                "n,,n=a=2X,r=abc; 08P01; malformed SCRAM user name",
                "n,,n=,r=; 08P01; empty SCRAM nonce",
                "n,,n=,r=a b; 08P01; non-printable characters in SCRAM nonce",
                "y,,n=,r=abc; 28000; SCRAM channel binding negotiation error"
            })
    void refusesAFirstMessage(String first, String state, String message) {
        assertThatThrownBy(() -> server(true).first(bytes(first)))
                .isInstanceOfSatisfying(
                        WalException.class, e -> assertThat(e.sqlState().code()).isEqualTo(state))
                .hasMessage(message);
    }

    @Test
    void answersAFirstMessageThatItMayTake() {
        for (String first : new String[] {"n,,n=,r=abc", "y,,n=a=2Cb=3D,r=abc,x=later"}) {
            assertThat(new String(server(false).first(bytes(first)), StandardCharsets.UTF_8))
                    .matches("r=abc[A-Za-z0-9+/]{24},s=[A-Za-z0-9+/=]+,i=4096");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "c=biws,r=N,p=!!; malformed SCRAM message",
                "c=biws,r=N,p=QUJD; malformed SCRAM message",
                "c=biws,r=N; malformed SCRAM message",
                "c=biws; malformed SCRAM message",
                "c=eSws,r=N,p=QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=; "
                        + "unexpected SCRAM channel-binding attribute in client-final-message",
                "c=biws,r=abc,p=QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=; invalid SCRAM response",
                "c=biws,r=N,p=QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=,x=y; malformed SCRAM message"
            })
    void refusesALastMessage(String last, String message) {
        ScramServer server = server(false);
        String nonce = nonce(server);

        assertThatThrownBy(() -> server.last(bytes(last.replace("r=N", "r=" + nonce))))
                .hasMessage(message);
    }

    private static String nonce(ScramServer server) {
        String first = new String(server.first(bytes("n,,n=,r=abc")), StandardCharsets.UTF_8);
        return first.substring(2, first.indexOf(','));
    }

    @Test
    void saysOnlyThatAProofIsWrong() {
        ScramServer server = server(false);
        String nonce = nonce(server);

        assertThat(server.last(bytes("c=biws,r=" + nonce + ",p=QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=")))
                .isNull();
    }
}
