// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsersFileTest {
    private static final ScramVerifier VERIFIER = ScramVerifier.derive("CANARY".toCharArray(), new byte[16], 1);

    @Test
    void readsNamesVerifiersAndFlags() {
        UsersFile users = UsersFile.parse(
                "# users\nalice " + VERIFIER.stored() + " replication\n\"b \"\"c\" - # no password\n", "users");

        assertThat(users.find("alice")).isNotNull().satisfies(user -> {
            assertThat(user.replication()).isTrue();
            assertThat(user.verifier())
                    .isNotNull()
                    .satisfies(v -> assertThat(v.stored()).isEqualTo(VERIFIER.stored()));
        });
        assertThat(users.find("b \"c")).isEqualTo(new UserEntry("b \"c", null, false));
        assertThat(users.find("Alice")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "alice, users.2: end-of-line before password specification",
        "alice - superuser, 'users.2: invalid attribute \"superuser\" (expected: replication)'",
        "alice CANARY, 'users.2: verifier: (expected: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey)'",
        "'bob -', users.2: user \"bob\" is there twice"
    })
    void namesFileAndLineOfWhatCannotBeUsed(String line, String reason) {
        assertThatThrownBy(() -> UsersFile.parse("bob -\n" + line, "users"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(reason.replace("users.2", "users, line 2"))
                .hasMessageNotContaining("CANARY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "a b", "a\"b", "a,b", "#a", "@a", "include", "\u00e4", "a\\", "-"})
    void readsBackWhatItWrote(String name) {
        UserEntry user = new UserEntry(name, null, true);

        String text = UsersFile.replace("bob -", "users", user);

        assertThat(UsersFile.parse(text, "users").find(name)).isEqualTo(user);
        assertThat(UsersFile.parse(text, "users").find("bob")).isNotNull();
    }

    @Test
    void replacesOneUserAndKeepsTheRest() {
        String text = "# mine\nalice - \\\n replication\n\n  bob - # x\n";

        assertThat(UsersFile.replace(text, "users", new UserEntry("alice", null, false)))
                .isEqualTo("# mine\nalice -\n\n  bob - # x\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\0", "0123456789012345678901234567890123456789012345678901234567890123"})
    void refusesNamesThatCannotBe(String name) {
        assertThatThrownBy(() -> new UserEntry(name, null, true)).isInstanceOf(IllegalArgumentException.class);
    }
}
