// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Metadata;
import io.walcast.testkit.TestCertificates;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.ListenOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** With TLS, both ends showing a certificate. */
final class TlsSenderContractIT extends GrpcSenderContract {
    @TempDir
    private static Path keys;

    private static TestCertificates certificates;
    private static ListenOptions.Tls tls;

    @BeforeAll
    static void makeCertificates() {
        certificates = new TestCertificates(keys)
                .authority("authority")
                .signed("server", "authority", "CN=localhost", "-ext", "san=dns:localhost", "-keyalg", "EC")
                .signed("standby", "authority", "CN=standby", "-keyalg", "EC");
        tls = new ListenOptions.Tls(
                certificates.certificate("server"),
                certificates.key("server"),
                certificates.certificate("authority"),
                null,
                "TLSv1.2");
    }

    @Override
    protected boolean isEncrypted() {
        return true;
    }

    @Override
    protected ListenOptions listenOptions() {
        return super.listenOptions().withScheme("grpcs").withTls(tls);
    }

    @Override
    protected ScriptedStandby connect(InetSocketAddress address, StandbyLogin login) {
        return GrpcStandby.begin(
                Standbys.encrypted(address, certificates, "authority", "standby"),
                new Metadata(),
                RequestMessages.begin(login));
    }
}
