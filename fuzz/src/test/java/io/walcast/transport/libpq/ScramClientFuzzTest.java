// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.WalException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.transport.client.Secret;
import java.util.Base64;
import java.util.Optional;

final class ScramClientFuzzTest {
    private static final String NONCE = "fyko+d2lbbFgONRv9qkxdawL";

    @FuzzTest
    void readsWhatAServerBeginsWith(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<ServerFirst> first =
                ParserContract.parse(bytes.length, ProtocolViolationException.class, () -> ServerFirst.parse(text));

        if (first.isPresent()) {
            String salt = Base64.getEncoder().encodeToString(first.get().salt());
            ServerFirst again = ServerFirst.parse("r=%s,s=%s,i=%d"
                    .formatted(first.get().nonce(), salt, first.get().iterations()));
            assertThat(again.nonce()).isEqualTo(first.get().nonce());
            assertThat(again.salt()).isEqualTo(first.get().salt()).isNotEmpty();
            assertThat(again.iterations()).isEqualTo(first.get().iterations());
        }
    }

    /** Both of a server's messages, with a line feed between: it never proves to know the password. */
    @FuzzTest
    void believesNoServerThatDoesNotKnowThePassword(byte[] bytes) {
        String[] messages = Input.text(bytes).split("\n", 2);
        ScramClient client = new ScramClient(new Secret("pencil"), ScramBinding.NOT_SUPPORTED, NONCE, 1);
        try {
            client.last(messages[0]);
            client.verify(messages.length < 2 ? "" : messages[1]);
        } catch (ProtocolViolationException | ConnectionException e) {
            assertThat(e).isInstanceOf(WalException.class).message().isNotBlank();
        }
        assertThat(client.isVerified()).isFalse();
    }
}
