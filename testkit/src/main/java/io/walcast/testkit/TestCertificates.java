// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An authority and what it signs, made by the JDK's own {@code keytool} on the fly: valid for a day, good for nothing but
 * a test.
 */
public final class TestCertificates {
    private static final String PASSWORD = "changeit";
    private static final String STARTED = "-1H";
    private static final int PATIENCE_SECONDS = 60;

    private final Path directory;
    private final Path store;

    /** Keeps everything in {@code directory}. */
    public TestCertificates(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("keys.p12");
    }

    /** Makes an authority of that name. */
    public TestCertificates authority(String alias) {
        keytool(List.of("-alias", alias, "-dname", "CN=" + alias, "-ext", "bc:c", "-keyalg", "EC"));
        return this;
    }

    /** Makes an authority whose time was over a day ago. */
    public TestCertificates expiredAuthority(String alias) {
        run("-genkeypair", "-2d", List.of("-alias", alias, "-dname", "CN=" + alias, "-ext", "bc:c", "-keyalg", "EC"));
        return this;
    }

    /** Makes a key that {@code authority} certifies; {@code more} are keytool's options. */
    public TestCertificates signed(String alias, String authority, String dname, String... more) {
        return signedFrom(STARTED, alias, authority, dname, more);
    }

    /** Makes such a key whose certificate is valid for a day from {@code startDate} on, in keytool's form: {@code +1d}. */
    public TestCertificates signedFrom(String startDate, String alias, String authority, String dname, String... more) {
        List<String> arguments = new ArrayList<>(List.of("-alias", alias, "-signer", authority, "-dname", dname));
        arguments.addAll(List.of(more));
        run("-genkeypair", startDate, arguments);
        return this;
    }

    /** Makes a key that certifies itself. */
    public void selfSigned(String alias, String... more) {
        List<String> arguments = new ArrayList<>(List.of("-alias", alias, "-dname", "CN=" + alias));
        arguments.addAll(List.of(more));
        keytool(arguments);
    }

    /** Returns the PEM file of a list on which {@code authority} revokes a certificate; it is in force for a day. */
    public Path revocationList(String authority, String revoked, String startDate) {
        String serial =
                ((X509Certificate) chain(revoked).get(0)).getSerialNumber().toString();
        Path file = directory.resolve(authority + "-" + revoked + startDate + ".crl");
        run("-gencrl", startDate, List.of("-rfc", "-alias", authority, "-id", serial, "-file", file.toString()));
        return file;
    }

    private void keytool(List<String> arguments) {
        run("-genkeypair", STARTED, arguments);
    }

    private void run(String action, String startDate, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), action));
        command.addAll(arguments);
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-validity", "1", "-startdate", startDate));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("keytool.log").toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(Files.readString(directory.resolve("keytool.log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns the certificate with its chain as a PEM file. */
    public Path certificate(String alias) {
        StringBuilder pem = new StringBuilder();
        for (Certificate certificate : chain(alias)) {
            try {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return write(alias + ".crt", pem.toString());
    }

    public List<Certificate> chain(String alias) {
        try {
            return List.of(open().getCertificateChain(alias));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the private key as a PKCS#8 PEM file for its owner only. */
    public Path key(String alias) {
        return write(alias + ".key", pem("PRIVATE KEY", privateKey(alias).getEncoded()));
    }

    public Key privateKey(String alias) {
        try {
            return open().getKey(alias, PASSWORD.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the store itself. */
    public KeyStore open() {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return keys;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the store's password. */
    public static char[] password() {
        return PASSWORD.toCharArray();
    }

    /** Writes a file that only its owner can read. */
    public Path write(String name, String content) {
        try {
            Path file = Files.writeString(directory.resolve(name), content);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String pem(String label, byte[] der) {
        byte[] newline = "\n".getBytes(StandardCharsets.US_ASCII);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(label, Base64.getMimeEncoder(64, newline).encodeToString(der), label);
    }
}
