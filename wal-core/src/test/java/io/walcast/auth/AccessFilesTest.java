// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessFilesTest {
    private static final ScramVerifier VERIFIER = ScramVerifier.derive("pw".toCharArray(), new byte[16], 1);

    @TempDir
    private Path home;

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(home.resolve(AccessFiles.HBA), "hostssl replication all all cert map=m\n");
        Files.writeString(home.resolve(AccessFiles.IDENT), "m /^(.*)\\.x$ \\1\n");
        PrivateFile.create(
                home.resolve(UsersFile.FILE_NAME),
                "alice " + VERIFIER.stored() + " replication\ncert - replication\nplain " + VERIFIER.stored() + "\n");
    }

    @Test
    void answersByTheFiles() {
        AccessRules rules = AccessFiles.load(home, 4096);
        AccessDecision decision =
                rules.decide(new AccessRequest(InetAddress.getLoopbackAddress(), true, "alice", null));

        assertThat(decision.method()).isEqualTo(AuthMethod.CERT);
        assertThat(rules.certificateFits(decision, "alice", "alice.x", "CN=alice.x"))
                .isTrue();
        assertThat(rules.certificateFits(decision, "bob", "alice.x", "CN=alice.x"))
                .isFalse();
        assertThat(rules.certificateFits(decision, "alice", null, "")).isFalse();
        assertThat(rules.verifier("alice").stored()).isEqualTo(VERIFIER.stored());
        assertThat(List.of(rules.mayReplicate("alice"), rules.mayReplicate("plain"), rules.mayReplicate("nobody")))
                .containsExactly(true, false, false);
        assertThat(List.of(rules.exists("plain"), rules.exists("nobody"))).containsExactly(true, false);
    }

    @Test
    void comparesTheNameItselfWithoutAMap() {
        AccessRules rules = AccessFiles.load(home, 4096);
        AccessDecision commonName = new AccessDecision(
                AuthMethod.SCRAM_SHA_256, AccessDecision.ClientCertificate.VERIFY_FULL, null, false, true);
        AccessDecision wholeDn =
                new AccessDecision(AuthMethod.CERT, AccessDecision.ClientCertificate.VERIFY_FULL, null, true, true);

        assertThat(rules.certificateFits(commonName, "alice", "alice", "CN=alice,O=x"))
                .isTrue();
        assertThat(rules.certificateFits(commonName, "alice", "Alice", "CN=Alice,O=x"))
                .isFalse();
        assertThat(rules.certificateFits(wholeDn, "alice", "alice", "CN=alice,O=x"))
                .isFalse();
        assertThat(rules.certificateFits(wholeDn, "CN=alice,O=x", "alice", "CN=alice,O=x"))
                .isTrue();
    }

    @Test
    void tellsAStrangerTheSameAtEveryStart() {
        ScramVerifier stranger = AccessFiles.load(home, 4096).verifier("nobody");
        ScramVerifier again = AccessFiles.load(home, 4096).verifier("nobody");
        ScramVerifier other = AccessFiles.load(home, 4096).verifier("somebody");
        ScramVerifier withoutPassword = AccessFiles.load(home, 4096).verifier("cert");

        assertThat(stranger.real()).isFalse();
        assertThat(withoutPassword.real()).isFalse();
        assertThat(stranger.salt()).hasSize(16).isEqualTo(again.salt()).isNotEqualTo(other.salt());
        assertThat(stranger.iterations()).isEqualTo(4096);
    }

    @Test
    void keepsItsSecretToItself() throws IOException {
        AccessFiles.load(home, 4096);
        Path secret = home.resolve("mock_authentication_nonce");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
        assertThat(secret).content().matches("[0-9a-f]{64}\n");
        Files.writeString(secret, "short");
        assertThatThrownBy(() -> AccessFiles.load(home, 4096))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("does not hold 64 hexadecimal digits");
    }

    @Test
    void needsNoMap() throws IOException {
        Files.delete(home.resolve(AccessFiles.IDENT));

        AccessFiles.load(home, 4096);
    }

    @Test
    void refusesAFileThatIsMissing() throws IOException {
        Files.delete(home.resolve(AccessFiles.HBA));

        assertThatThrownBy(() -> AccessFiles.load(home, 4096))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("could not open file \"")
                .hasMessageEndingWith("pg_hba.conf\": No such file or directory");
    }

    @Test
    void refusesUsersThatOthersCanRead() throws IOException {
        Files.setPosixFilePermissions(home.resolve(UsersFile.FILE_NAME), PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> AccessFiles.load(home, 4096))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("group or world access");
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Files.write(home.resolve(AccessFiles.HBA), new byte[] {(byte) 0xC3, 0x28});

        assertThatThrownBy(() -> AccessFiles.load(home, 4096))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("is not UTF-8");
    }

    @Test
    void replacesAFileInOneStep() throws IOException {
        Path file = home.resolve(UsersFile.FILE_NAME);

        PrivateFile.replace(file, "bob -\n");

        assertThat(file).content().isEqualTo("bob -\n");
        assertThat(AccessFiles.users(home).find("bob")).isNotNull();
        try (var files = Files.list(home)) {
            assertThat(files).noneMatch(path -> path.toString().endsWith(".new"));
        }
    }
}
