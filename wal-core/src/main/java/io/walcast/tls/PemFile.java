// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads PEM files; what stands around the blocks is skipped. */
public final class PemFile {
    private static final int MAX_BYTES = 4 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private PemFile() {}

    /** A block: its label, for example {@code PRIVATE KEY}, its lines, and what those after the headers decode to. */
    record Block(String label, String text) {
        private static final Pattern HEADERS = Pattern.compile("\\R(?:[A-Za-z-]+:.*\\R)+\\R");
        private static final Pattern DEK_INFO = Pattern.compile("\\RDEK-Info:(.*)\\R");

        byte[] bytes() {
            Matcher headers = HEADERS.matcher(text);
            return Base64.getMimeDecoder().decode(headers.lookingAt() ? text.substring(headers.end()) : text);
        }

        /** Returns how the block is sealed, by its header; null if it is not. */
        @Nullable
        String dekInfo() {
            Matcher header = DEK_INFO.matcher(text);
            return header.find() ? header.group(1) : null;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    static List<Block> blocks(Path file) {
        String text = read(file);
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }

    static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new ConfigurationException(SqlState.UNDEFINED_FILE, "could not read file \"%s\"".formatted(file));
        }
    }

    /**
     * Returns the certificates in {@code file}, at least one, in their order.
     *
     * @throws ConfigurationException if it has none, or cannot be read
     */
    public static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(file)) {
                if (block.label().endsWith("CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
                }
            }
        } catch (CertificateException | IllegalArgumentException e) {
            throw unreadable(file);
        }
        if (certificates.isEmpty()) {
            throw unreadable(file);
        }
        return certificates;
    }

    /**
     * Returns the revocation lists in {@code file}, at least one.
     *
     * @throws ConfigurationException if it has none, or cannot be read
     */
    public static List<X509CRL> revocationLists(Path file) {
        List<X509CRL> lists = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(file)) {
                if (block.label().equals("X509 CRL")) {
                    lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(block.bytes())));
                }
            }
        } catch (CertificateException | CRLException | IllegalArgumentException e) {
            lists.clear();
        }
        if (lists.isEmpty()) {
            throw new ConfigurationException(
                    "could not read file of certificate revocation lists \"%s\": no list in it".formatted(file));
        }
        return lists;
    }

    private static ConfigurationException unreadable(Path file) {
        return new ConfigurationException(
                "could not read certificate file \"%s\": no certificate in it".formatted(file));
    }
}
