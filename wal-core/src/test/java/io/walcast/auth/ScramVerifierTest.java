// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
    /** What a PostgreSQL 15 stored for the password "secret". */
    private static final String STORED = "SCRAM-SHA-256$4096:EAd9Rk6iS4FFnRPDPPXJiQ==$MFd5YGKtyCUrDvYw"
            + "+TehlIbS3qSKqXKMbuq5hHBMQG8=:8sR9SkpZ+jozwaOzUMLl6w7KUqZoZ9AfsgMBYDuOfFg=";

    @Test
    void derivesWhatPostgresqlStores() {
        ScramVerifier parsed = ScramVerifier.parse(STORED);

        ScramVerifier derived = ScramVerifier.derive("secret".toCharArray(), parsed.salt(), parsed.iterations());

        assertThat(derived.stored()).isEqualTo(STORED);
        assertThat(parsed.stored()).isEqualTo(STORED);
        assertThat(parsed.real()).isTrue();
    }

    @Test
    void derivesFromAnyText() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

        assertThat(ScramVerifier.derive("p\u00e4\u00df\uD83D\uDE00".toCharArray(), salt, 1)
                        .stored())
                .startsWith("SCRAM-SHA-256$1:W22ZaJ0SNY7soEsUEjb6gQ==$");
    }

    @Test
    void showsNothing() {
        assertThat(ScramVerifier.parse(STORED).toString()).isEqualTo("ScramVerifier[****]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "md5d0763edaa9d9bd2a9516280e9044d885",
                "secret",
                "SCRAM-SHA-256",
                "SCRAM-SHA-256$4096:c2FsdA==$",
                "SCRAM-SHA-256$0:c2FsdA==$K:K",
                "SCRAM-SHA-256$-1:c2FsdA==$K:K",
                "SCRAM-SHA-256$+1:c2FsdA==$K:K",
                "SCRAM-SHA-256$9999999999:c2FsdA==$K:K",
                "SCRAM-SHA-256$2147483648:c2FsdA==$K:K",
                "SCRAM-SHA-256$4096:$K:K",
                "SCRAM-SHA-256$4096:c2FsdA=$K:K",
                "SCRAM-SHA-256$4096:c2FsdA$K:K",
                "SCRAM-SHA-256$4096:c2FsdA==$c2FsdA==:K",
                "SCRAM-SHA-256$4096:c2FsdA==$K:c2FsdA==",
                "SCRAM-SHA-256$4096:c2FsdA==$K:K ",
                "SCRAM-SHA-256$4096:c2FsdA==$K",
                "SCRAM-SHA-1$4096:c2FsdA==$K:K",
                "scram-sha-256$4096:c2FsdA==$K:K"
            })
    void refusesWhatIsNoVerifier(String text) {
        String key = Base64.getEncoder().encodeToString(new byte[32]);

        assertThatThrownBy(() -> ScramVerifier.parse(text.replace("K", key)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesEveryTruncation() {
        for (int i = 0; i < STORED.length(); i++) {
            String part = STORED.substring(0, i);
            assertThatThrownBy(() -> ScramVerifier.parse(part)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
