// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.util.HexFormat;

/** Reads the few kinds of ASN.1 values that a sealed key is made of, one after the other. */
final class DerReader {
    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int SEQUENCE = 0x30;
    private static final int LONGEST_LENGTH_BYTES = 3;

    private final ByteBuffer bytes;

    DerReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    /** Returns a reader of what is in the sequence that comes next. */
    DerReader sequence() throws InvalidKeyException {
        return new DerReader(value(SEQUENCE));
    }

    byte[] octets() throws InvalidKeyException {
        return value(OCTET_STRING);
    }

    /** Returns the identifier's content in hexadecimal. */
    String oid() throws InvalidKeyException {
        return HexFormat.of().formatHex(value(OBJECT_IDENTIFIER));
    }

    int integer() throws InvalidKeyException {
        byte[] content = value(INTEGER);
        if (content.length == 0 || content.length > Integer.BYTES) {
            throw malformed();
        }
        int integer = content[0];
        for (int i = 1; i < content.length; i++) {
            integer = (integer << Byte.SIZE) | (content[i] & 0xFF);
        }
        return integer;
    }

    /** Passes over an integer if one comes next. */
    void skipInteger() throws InvalidKeyException {
        if (bytes.hasRemaining() && bytes.get(bytes.position()) == INTEGER) {
            value(INTEGER);
        }
    }

    private byte[] value(int tag) throws InvalidKeyException {
        if (bytes.remaining() < 2 || (bytes.get() & 0xFF) != tag) {
            throw malformed();
        }
        int length = bytes.get() & 0xFF;
        if (length > 0x80) {
            int lengthBytes = length & 0x7F;
            if (lengthBytes > LONGEST_LENGTH_BYTES || lengthBytes > bytes.remaining()) {
                throw malformed();
            }
            length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = (length << Byte.SIZE) | (bytes.get() & 0xFF);
            }
        } else if (length == 0x80) {
            throw malformed();
        }
        if (length > bytes.remaining()) {
            throw malformed();
        }
        byte[] content = new byte[length];
        bytes.get(content);
        return content;
    }

    private static InvalidKeyException malformed() {
        return new InvalidKeyException("malformed ASN.1");
    }
}
