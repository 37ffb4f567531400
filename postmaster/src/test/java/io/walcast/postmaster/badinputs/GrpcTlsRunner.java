// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.postmaster.http2.CallEnd;
import io.walcast.postmaster.http2.RawClient;
import io.walcast.postmaster.http2.SessionBytes;
import io.walcast.testkit.TestCertificates;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Who shows no certificate, or one that is good for nothing, to a gRPC port that demands one. */
final class GrpcTlsRunner implements BadInputRunner {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final int ATTEMPTS = 20;

    /** What is seen of a connection that ends without a word. */
    private static final String LOST = "close";

    /** Certificates for nothing, and what the log says of each. */
    private static final Map<String, String> BAD = Map.of(
            "expired", "notafter",
            "early", "notbefore",
            "stranger", "unable to find valid certification path",
            "revoked", "revoked",
            "server-only", "extended key usage");

    private final Path directory;
    private @Nullable TestCertificates certificates;

    GrpcTlsRunner(Path directory) {
        this.directory = directory.resolve("grpc-tls");
    }

    static boolean isAboutCertificates(BadInput input) {
        return input.isAbout("certificate", "cn maps");
    }

    @Override
    public boolean applies(BadInput input) {
        return input.kind().equals("grpc") && isAboutCertificates(input);
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        TestCertificates made = certificates();
        try (LogOfServer log = new LogOfServer();
                GrpcUnderTest server = GrpcUnderTest.start(
                        directory.resolve("node"),
                        "grpcs://127.0.0.1:0",
                        "hostssl replication all 127.0.0.1/32 cert\n",
                        "authentication_timeout = 10s",
                        "ssl = on",
                        "ssl_cert_file = '" + made.certificate("localhost") + "'",
                        "ssl_key_file = '" + made.key("localhost") + "'",
                        "ssl_ca_file = '" + made.certificate("ca") + "'",
                        "ssl_crl_file = '" + made.revocationList("ca", "revoked", "-1H") + "'")) {
            String good = begin(server, "rep").action();
            if (!good.equals("accept")) {
                return new Answer("refuses a good certificate: " + good, "", "");
            }
            if (input.isAbout("no client certificate")) {
                return begin(server, null);
            }
            if (input.isAbout("cn maps")) {
                return begin(server, "plain");
            }
            List<String> unnamed = new ArrayList<>();
            for (Map.Entry<String, String> bad : BAD.entrySet()) {
                Answer answer = begin(server, bad.getKey());
                if (!answer.action().startsWith("TLS alert")) {
                    return new Answer(bad.getKey() + ": " + answer.action(), "", answer.message());
                }
                if (!log.awaitLineAbout(bad.getValue())) {
                    unnamed.add(bad.getKey());
                }
            }
            return new Answer(
                    "TLS alert",
                    "",
                    (unnamed.isEmpty() ? "the log names which check failed" : "" + log.text()) + unnamed);
        }
    }

    /** An alert is lost if the connection is reset before it was read. */
    private Answer begin(GrpcUnderTest server, @Nullable String alias) throws Exception {
        Answer answer = new Answer(LOST, "", "");
        for (int i = 0; i < ATTEMPTS && answer.action().equals(LOST); i++) {
            try {
                answer = attempt(server, alias);
            } catch (SocketException e) {
                answer = new Answer(LOST, "", String.valueOf(e.getMessage()));
            }
        }
        return answer;
    }

    private Answer attempt(GrpcUnderTest server, @Nullable String alias) throws Exception {
        try (RawClient client = RawClient.connect(server.address(), context(alias))) {
            client.begin();
            int stream = client.call(RawClient.SESSION);
            client.message(stream, SessionBytes.begin("", Map.of()));
            CallEnd end =
                    client.awaitEnd(stream, alias != null && alias.equals("rep") ? Duration.ofSeconds(1) : PATIENCE);
            if (end.closed() && client.failure() instanceof SSLException e) {
                return alert(e);
            }
            return client.received(stream) > 0 && end.equals(CallEnd.openAt(200))
                    ? Answer.accepted("")
                    : GrpcRunner.of(end);
        } catch (SSLException e) {
            return alert(e);
        }
    }

    private static Answer alert(SSLException e) {
        String alert = String.valueOf(e.getMessage()).replaceFirst("(\\(\\w+\\) )?Received fatal alert: ", "");
        return new Answer("TLS alert " + alert, "", alert);
    }

    private SSLContext context(@Nullable String alias) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificates().chain("ca").get(0));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManager[] keys = {};
        if (alias != null) {
            List<X509Certificate> chain = certificates().chain(alias).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            keys = new KeyManager[] {new OnlyKey((PrivateKey) certificates().privateKey(alias), chain)};
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), new SecureRandom());
        return context;
    }

    private TestCertificates certificates() throws IOException {
        TestCertificates made = certificates;
        if (made == null) {
            made = new TestCertificates(Files.createDirectories(directory))
                    .authority("ca")
                    .authority("other-ca")
                    .signed(
                            "localhost",
                            "ca",
                            "CN=localhost",
                            "-keyalg",
                            "EC",
                            "-ext",
                            "san=dns:localhost,ip:127.0.0.1")
                    .signed("rep", "ca", "CN=rep", "-keyalg", "EC")
                    .signed("plain", "ca", "CN=plain", "-keyalg", "EC")
                    .signed("revoked", "ca", "CN=rep", "-keyalg", "EC")
                    .signed("stranger", "other-ca", "CN=rep", "-keyalg", "EC")
                    .signed("server-only", "ca", "CN=rep", "-keyalg", "EC", "-ext", "eku=serverAuth")
                    .signedFrom("-3d", "expired", "ca", "CN=rep", "-keyalg", "EC")
                    .signedFrom("+1d", "early", "ca", "CN=rep", "-keyalg", "EC");
            certificates = made;
        }
        return made;
    }
}
