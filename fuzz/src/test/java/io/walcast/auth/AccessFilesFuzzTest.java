// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConfigurationException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.net.InetAddress;
import java.util.Optional;

final class AccessFilesFuzzTest {
    private static final String FILE = "file";
    private static final AccessRequest LOCAL = new AccessRequest(null, false, "user", null);
    private static final AccessRequest REMOTE =
            new AccessRequest(InetAddress.getLoopbackAddress(), true, "user", "database");

    @FuzzTest
    void readsHbaAndDecidesByIt(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<PgHba> hba =
                ParserContract.parse(bytes.length, ConfigurationException.class, () -> PgHba.parse(text, FILE));

        if (hba.isPresent()) {
            assertThat(hba.get().decide(LOCAL)).isNotNull();
            assertThat(hba.get().decide(REMOTE)).isNotNull();
        }
    }

    @FuzzTest
    void readsMapsAndLooksUpInThem(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<PgIdent> ident =
                ParserContract.parse(bytes.length, ConfigurationException.class, () -> PgIdent.parse(text, FILE));

        if (ident.isPresent()) {
            for (String user : ident.get().users("CN=somebody")) {
                assertThat(user).isNotNull();
            }
            assertThat(ident.get().fits("no such map", "somebody", "somebody")).isFalse();
        }
    }

    /** What is added or replaced is there afterwards, and nobody else is changed. */
    @FuzzTest
    void readsUsersAndReplacesOne(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<UsersFile> users =
                ParserContract.parse(bytes.length, ConfigurationException.class, () -> UsersFile.parse(text, FILE));

        if (users.isPresent()) {
            UserEntry added = new UserEntry("somebody \"else\"", null, true);
            UsersFile changed = UsersFile.parse(UsersFile.replace(text, FILE, added), FILE);
            assertThat(changed.find(added.name())).isEqualTo(added);
            assertThat(String.valueOf(changed.find("other")))
                    .isEqualTo(String.valueOf(users.get().find("other")));
            UserEntry known = users.get().find("user");
            if (known != null) {
                assertThat(String.valueOf(changed.find("user"))).isEqualTo(known.toString());
                UserEntry flipped = new UserEntry("user", known.verifier(), !known.replication());
                changed = UsersFile.parse(UsersFile.replace(text, FILE, flipped), FILE);
                assertThat(changed.find("user")).isNotNull();
                assertThat(String.valueOf(changed.find("user"))).isEqualTo(flipped.toString());
                assertThat(String.valueOf(changed.find("other")))
                        .isEqualTo(String.valueOf(users.get().find("other")));
            }
        }
    }

    @FuzzTest
    void readsVerifiersAsTheyAreStored(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<ScramVerifier> verifier =
                ParserContract.parse(bytes.length, IllegalArgumentException.class, () -> ScramVerifier.parse(text));

        if (verifier.isPresent()) {
            assertThat(verifier.get().stored()).hasSameSizeAs(text);
            assertThat(ScramVerifier.parse(verifier.get().stored()).stored())
                    .isEqualTo(verifier.get().stored());
        }
    }
}
