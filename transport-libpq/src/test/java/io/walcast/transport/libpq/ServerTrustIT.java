// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.TestCertificates;
import io.walcast.transport.ConnectOptions.Policy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roots and revocation lists; keytool makes them, which takes a while. */
final class ServerTrustIT {
    @TempDir
    private static Path directory;

    private static TestCertificates certificates;
    private static String root;

    @BeforeAll
    static void makeCertificates() {
        certificates = new TestCertificates(directory)
                .authority("ca")
                .authority("other-ca")
                .expiredAuthority("old-ca")
                .signed("of-old", "old-ca", "CN=of-old", "-keyalg", "EC")
                .signed("good", "ca", "CN=good", "-keyalg", "EC")
                .signed("bad", "ca", "CN=bad", "-keyalg", "EC");
        root = "sslmode=verify-ca sslrootcert=" + certificates.certificate("ca") + " ";
    }

    private static TlsSettings settings(String conninfo, Map<String, String> environment) {
        return TlsSettings.of(new ConninfoValues(Conninfo.parse(conninfo), environment), List.of(), Policy.LIBPQ);
    }

    private static void check(String conninfo, String alias) throws Exception {
        check(conninfo, directory, alias);
    }

    private static void check(String conninfo, Path home, String alias) throws Exception {
        check(conninfo, Map.of("HOME", home.toString()), alias);
    }

    private static void check(String conninfo, Map<String, String> environment, String alias) throws Exception {
        X509TrustManager trust = (X509TrustManager)
                ServerTrust.of(settings(conninfo, environment)).getTrustManagers()[0];
        trust.checkServerTrusted(certificates.chain(alias).toArray(new X509Certificate[0]), "ECDHE_ECDSA");
    }

    private static void assertRefused(String conninfo, String alias) {
        assertThatThrownBy(() -> check(conninfo, alias)).isInstanceOf(CertificateException.class);
    }

    @Test
    void refusesWhatTheNamedListRevokes() throws Exception {
        Path list = certificates.revocationList("ca", "bad", "-1H");

        check(root, "bad");
        check(root + "sslcrl=" + list, "good");
        assertRefused(root + "sslcrl=" + list, "bad");
        assertRefused(root.replace("verify-ca", "require") + "sslcrl=" + list, "bad");
    }

    @Test
    void refusesWhatTheListInTheHomeDirectoryRevokes(@TempDir Path home) throws Exception {
        Files.createDirectories(home.resolve(".postgresql"));
        Files.copy(certificates.revocationList("ca", "bad", "-1H"), home.resolve(".postgresql/root.crl"));

        check(root, home, "good");
        assertThatThrownBy(() -> check(root, home, "bad")).isInstanceOf(CertificateException.class);
        assertThatCode(() -> check("sslmode=require sslrootcert=/nope", home, "bad"))
                .doesNotThrowAnyException();
    }

    @Test
    void wantsAListOfTheIssuerThatIsInForce() {
        assertRefused(root + "sslcrl=" + certificates.revocationList("other-ca", "bad", "-1H"), "good");
        assertRefused(root + "sslcrl=" + certificates.revocationList("ca", "bad", "-100d"), "good");
    }

    @Test
    void refusesAListThatIsNotThereOrNone() {
        assertThatThrownBy(() -> check(root + "sslcrl=/nope", "good"))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE))
                .hasMessage("could not read file \"/nope\"");
        assertThatThrownBy(() -> check(root + "sslcrl=" + certificates.certificate("ca"), "good"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("no list in it");
    }

    @Test
    void readsTheHashedNamesOfADirectoryOfLists(@TempDir Path lists) throws Exception {
        Path list = certificates.revocationList("ca", "bad", "-1H");
        String inDirectory = root + "sslcrldir=" + lists;

        assertRefused(inDirectory, "good");
        Files.copy(list, lists.resolve("not-a-hash.crl"));
        assertRefused(inDirectory, "good");
        Files.copy(list, lists.resolve("0123abcd.r0"));
        check(inDirectory, "good");
        assertRefused(inDirectory, "bad");
        assertThatThrownBy(() -> check(root + "sslcrldir=/nope", "good"))
                .hasMessage("could not open directory \"/nope\"");
    }

    @Test
    void takesTheMachinesOwnRootsFromTheFileThatIsNamed() throws Exception {
        String system = "sslrootcert=system";
        Map<String, String> environment =
                Map.of("SSL_CERT_FILE", certificates.certificate("ca").toString());

        check(system, environment, "good");
        assertThatThrownBy(() -> check(system, environment, "of-old")).isInstanceOf(CertificateException.class);
        String revoked = system + " sslcrl=" + certificates.revocationList("ca", "bad", "-1H");
        check(revoked, environment, "good");
        assertThatThrownBy(() -> check(revoked, environment, "bad")).isInstanceOf(CertificateException.class);
        assertRefused(system, "good");
    }

    /** As with OpenSSL; the JDK does not look at the dates of what it is told to trust. */
    @Test
    void anExpiredRootCountsForNothing() throws Exception {
        String old = "sslmode=verify-ca sslrootcert=" + certificates.certificate("old-ca");

        assertRefused(old, "of-old");
        assertRefused(old, "old-ca");
        check(root, "ca");
    }

    @Test
    void theRootsBesideAnExpiredOneCountOn() throws Exception {
        String both =
                Files.readString(certificates.certificate("old-ca")) + Files.readString(certificates.certificate("ca"));
        String roots = "sslmode=verify-ca sslrootcert=" + certificates.write("both.crt", both);

        check(roots, "good");
        assertRefused(roots, "of-old");
    }
}
