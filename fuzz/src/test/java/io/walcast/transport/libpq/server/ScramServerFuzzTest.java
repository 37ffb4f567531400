// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.auth.ScramVerifier;
import io.walcast.core.error.WalException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.util.Arrays;
import java.util.Base64;

final class ScramServerFuzzTest {
    private static final int BOUND = 1;
    private static final int OFFERED = 2;
    private static final int NONCE_KNOWN = 4;

    private final ScramVerifier verifier =
            ScramVerifier.derive("pencil".toCharArray(), "sixteen bytes of".getBytes(US_ASCII), 1);
    private final byte[] endPoint = Arrays.copyOf("certificate".getBytes(US_ASCII), 32);

    /** Choices, client-first, a line feed, client-final: whoever does not know the password is let in by none. */
    @FuzzTest
    void letsNobodyInWhoDoesNotKnowThePassword(byte[] bytes) {
        Input input = new Input(bytes);
        int choices = input.uint8();
        byte[] rest = input.rest();
        int end = 0;
        while (end < rest.length && rest[end] != '\n') {
            end++;
        }
        byte[] first = Arrays.copyOf(rest, end);
        String last = new String(rest, end, rest.length - end, ISO_8859_1).strip();

        ParserContract.parse(bytes.length, WalException.class, () -> {
            ScramServer server = new ScramServer(
                    verifier, (choices & BOUND) != 0 ? endPoint : null, (choices & (BOUND | OFFERED)) != 0);
            String serverFirst = new String(server.first(first), US_ASCII);
            assertThat(serverFirst).matches("r=[!-~]+,s=[A-Za-z0-9+/=]+,i=1");
            assertThat(server.hasBegun()).isTrue();
            String nonce = serverFirst.substring(2, serverFirst.indexOf(",s="));
            byte[] answer = server.last(answered(last, nonce, choices).getBytes(ISO_8859_1));
            assertThat(answer).isNull();
            return server;
        });
    }

    /** Without it, nothing behind the nonce in client-final would ever be reached. */
    private static String answered(String last, String nonce, int choices) {
        return (choices & NONCE_KNOWN) == 0
                ? last
                : "c=" + Base64.getEncoder().encodeToString("n,,".getBytes(US_ASCII)) + ",r=" + nonce + "," + last;
    }
}
