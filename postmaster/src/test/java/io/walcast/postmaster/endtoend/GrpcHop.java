// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The way by gRPC from one node to another: TLS, with certificates on both sides. */
final class GrpcHop {
    /** Whom the certificate of the receiving node names. */
    static final String USER = "relay_b";

    /** The scheme of its addresses. */
    static final String SCHEME = "grpcs";

    private static final String AUTHORITY = "ca";
    private static final String SERVER = "server";

    private final TestCertificates certificates;

    /** Makes the certificates in {@code directory}. */
    GrpcHop(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        certificates = new TestCertificates(directory)
                .authority(AUTHORITY)
                .signed(SERVER, AUTHORITY, "CN=relay-a", "-ext", "san=ip:127.0.0.1", "-keyalg", "EC")
                .signed(USER, AUTHORITY, "CN=" + USER, "-keyalg", "EC");
    }

    /** Has the node in {@code home}, which is there already, let in who shows the certificate. */
    void admit(Path home) {
        append(
                home.resolve("walcast.conf"),
                "\nssl_cert_file = '" + certificates.certificate(SERVER) + "'",
                "ssl_key_file = '" + certificates.key(SERVER) + "'",
                "ssl_ca_file = '" + certificates.certificate(AUTHORITY) + "'");
        append(home.resolve("users"), USER + " - replication");
        prependRule(home, "hostssl replication " + USER + " 127.0.0.1/32 cert");
    }

    /** Puts {@code rule} before the access rules of the node in {@code home}. */
    static void prependRule(Path home, String rule) {
        Path rules = home.resolve("pg_hba.conf");
        ServingProgram.write(rules, rule + "\n" + read(rules));
    }

    /** Returns where a node is to listen. */
    static String listen(int port) {
        return SCHEME + "://127.0.0.1:" + port;
    }

    /** Returns how to reach a node that listens on {@code port}; {@code parameters} are more of the address. */
    String conninfo(int port, String... parameters) {
        return withoutCertificate(port) + "&sslcert=" + certificates.certificate(USER) + "&sslkey="
                + certificates.key(USER) + (parameters.length == 0 ? "" : "&" + String.join("&", parameters));
    }

    /** Returns the same for somebody who has no certificate to show. */
    String withoutCertificate(int port) {
        return SCHEME + "://127.0.0.1:" + port + "/?sslrootcert=" + certificates.certificate(AUTHORITY);
    }

    /** Creates a replication slot on the node that listens on {@code port}. */
    void createSlot(int port, String slot) {
        WalcastProgram.walcast()
                .run(ServingProgram.PATIENCE, "receivewal", "--create-slot", "-S", slot, "-d", conninfo(port))
                .requireSuccess();
    }

    private static void append(Path file, String... lines) {
        ServingProgram.write(file, read(file) + String.join("\n", lines) + "\n");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
