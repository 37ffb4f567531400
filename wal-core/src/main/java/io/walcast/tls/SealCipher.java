// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import java.security.InvalidKeyException;

/** The ciphers that seal private keys, all of them in CBC mode, by the names in a PEM header and by object identifier. */
enum SealCipher {
    DES("DES", 8, "DES-CBC", "2b0e030207"),
    DES_EDE3("DESede", 24, "DES-EDE3-CBC", "2a864886f70d0307"),
    AES_128("AES", 16, "AES-128-CBC", "608648016503040102"),
    AES_192("AES", 24, "AES-192-CBC", "608648016503040116"),
    AES_256("AES", 32, "AES-256-CBC", "60864801650304012a");

    private final String algorithm;
    private final int keyBytes;
    private final String pemName;
    private final String oid;

    SealCipher(String algorithm, int keyBytes, String pemName, String oid) {
        this.algorithm = algorithm;
        this.keyBytes = keyBytes;
        this.pemName = pemName;
        this.oid = oid;
    }

    static SealCipher ofPemName(String name) throws InvalidKeyException {
        for (SealCipher cipher : values()) {
            if (cipher.pemName.equals(name)) {
                return cipher;
            }
        }
        throw new InvalidKeyException("unknown cipher " + name);
    }

    static SealCipher ofOid(String oid) throws InvalidKeyException {
        for (SealCipher cipher : values()) {
            if (cipher.oid.equals(oid)) {
                return cipher;
            }
        }
        throw new InvalidKeyException("unknown cipher");
    }

    /** Returns the JDK's name of the block cipher. */
    String algorithm() {
        return algorithm;
    }

    int keyBytes() {
        return keyBytes;
    }
}
