// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import java.io.ByteArrayOutputStream;

/**
 * Wraps older forms of private keys as PKCS#8, which the JDK reads.
 *
 * <pre>
 * PrivateKeyInfo  SEQUENCE { version INTEGER 0, algorithm SEQUENCE { OID, parameters }, key OCTET STRING }
 * </pre>
 */
final class Pkcs8 {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int EC_PARAMETERS = 0xA0;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    /** rsaEncryption, NULL. */
    private static final byte[] RSA = {
        0x30, 0x0D, 0x06, 0x09, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    /** id-ecPublicKey. */
    private static final byte[] EC_OID = {0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01};

    private Pkcs8() {}

    /** Wraps a PKCS#1 RSAPrivateKey. */
    static byte[] ofRsa(byte[] pkcs1) {
        return tlv(SEQUENCE, VERSION_0, RSA, tlv(OCTET_STRING, pkcs1));
    }

    /** Wraps a SEC 1 ECPrivateKey; the curve is taken from its optional parameters. */
    static byte[] ofEc(byte[] sec1) {
        return tlv(SEQUENCE, VERSION_0, tlv(SEQUENCE, EC_OID, curve(sec1)), tlv(OCTET_STRING, sec1));
    }

    private static byte[] curve(byte[] sec1) {
        int at = contentStart(sec1, 0);
        while (at < sec1.length) {
            int start = contentStart(sec1, at);
            int length = length(sec1, at);
            if (length < 0 || length > sec1.length - start) {
                break;
            }
            if ((sec1[at] & 0xFF) == EC_PARAMETERS) {
                byte[] curve = new byte[length];
                System.arraycopy(sec1, start, curve, 0, length);
                return curve;
            }
            at = start + length;
        }
        throw new IllegalArgumentException("EC key: no curve (expected: named in the key)");
    }

    private static int length(byte[] der, int at) {
        int first = at + 1 < der.length ? der[at + 1] & 0xFF : -1;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7F); i++) {
            int index = at + 2 + i;
            if (i > 2 || index >= der.length) {
                return -1;
            }
            length = (length << 8) | (der[index] & 0xFF);
        }
        return length;
    }

    private static int contentStart(byte[] der, int at) {
        int first = at + 1 < der.length ? der[at + 1] & 0xFF : 0;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7F);
    }

    private static byte[] tlv(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
                out.write(length >>> shift);
            }
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
