// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A key on the curve P-256 and a certificate that it signed itself (X.509, RFC 5280): to try TLS out, until a real authority
 * signs one. Immutable.
 */
final class SelfSignedCertificate {
    private static final int DAYS = 365;
    private static final int SERIAL_BITS = 120;
    private static final int MAX_COMMON_NAME = 64;
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String SUBJECT_ALT_NAME = "2.5.29.17";
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final List<String> names;
    private final LocalDate lastDay;
    private final String keyPem;
    private final String certificatePem;

    private SelfSignedCertificate(List<String> names, LocalDate lastDay, String keyPem, String certificatePem) {
        this.names = names;
        this.lastDay = lastDay;
        this.keyPem = keyPem;
        this.certificatePem = certificatePem;
    }

    /** Makes one that is good for connections to this machine, by its name and by those of the loopback. */
    static SelfSignedCertificate forThisHost() {
        List<String> hosts = new ArrayList<>(List.of("localhost"));
        try {
            String own = InetAddress.getLocalHost().getHostName();
            if (own.matches("[A-Za-z0-9.-]{1,253}") && !own.equalsIgnoreCase("localhost") && !own.matches("[0-9.]+")) {
                hosts.add(own);
            }
        } catch (UnknownHostException e) {
            // a machine whose name nobody can look up: nobody connects by it either
        }
        return of(hosts, ZonedDateTime.now(ZoneOffset.UTC));
    }

    /** Makes one for {@code hosts} and the loopback addresses, valid from {@code now} on for a year. */
    static SelfSignedCertificate of(List<String> hosts, ZonedDateTime now) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] algorithm = Der.sequence(Der.oid(ECDSA_WITH_SHA256));
            byte[] body = body(pair, hosts, now, algorithm);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(body);
            byte[] certificate = Der.sequence(body, algorithm, Der.bits(signature.sign()));
            List<String> names = new ArrayList<>(hosts);
            names.addAll(List.of("127.0.0.1", "::1"));
            return new SelfSignedCertificate(
                    List.copyOf(names),
                    now.plusDays(DAYS).toLocalDate(),
                    pem("PRIVATE KEY", pair.getPrivate().getEncoded()),
                    pem("CERTIFICATE", certificate));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] body(KeyPair pair, List<String> hosts, ZonedDateTime now, byte[] algorithm) {
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS);
        String last = hosts.get(hosts.size() - 1);
        String commonName = last.length() > MAX_COMMON_NAME ? hosts.get(0) : last;
        byte[] name = Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.utf8(commonName))));
        return Der.sequence(
                Der.tagged(0, Der.integer(BigInteger.TWO)), // version 3
                Der.integer(serial),
                algorithm,
                name,
                Der.sequence(Der.time(now.minusDays(1)), Der.time(now.plusDays(DAYS))), // clocks differ
                name,
                pair.getPublic().getEncoded(),
                Der.tagged(3, Der.sequence(mayVerifyItself(), alternativeNames(hosts))));
    }

    /** As {@code openssl req -x509} does: without it some verifiers do not take it as its own authority. */
    private static byte[] mayVerifyItself() {
        return Der.sequence(Der.oid(BASIC_CONSTRAINTS), Der.TRUE, Der.octets(Der.sequence(Der.TRUE)));
    }

    private static byte[] alternativeNames(List<String> hosts) {
        List<byte[]> names = new ArrayList<>();
        for (String host : hosts) {
            names.add(Der.implicit(DNS_NAME, host.getBytes(US_ASCII)));
        }
        names.add(Der.implicit(IP_ADDRESS, new byte[] {127, 0, 0, 1}));
        byte[] ipv6 = new byte[16];
        ipv6[15] = 1;
        names.add(Der.implicit(IP_ADDRESS, ipv6));
        return Der.sequence(Der.oid(SUBJECT_ALT_NAME), Der.octets(Der.sequence(names.toArray(byte[][]::new))));
    }

    private static String pem(String label, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label);
    }

    /** Returns the names and addresses it is good for. */
    List<String> names() {
        return names;
    }

    /** Returns the day on which it ends. */
    LocalDate lastDay() {
        return lastDay;
    }

    /** Returns the private key, PKCS#8 without a passphrase. A secret. */
    String keyPem() {
        return keyPem;
    }

    /** Returns the certificate. */
    String certificatePem() {
        return certificatePem;
    }

    /** Shows nothing of the key. */
    @Override
    public String toString() {
        return "SelfSignedCertificate" + names;
    }
}
