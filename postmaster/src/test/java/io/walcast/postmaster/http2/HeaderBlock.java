// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.http2;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * HPACK (RFC 7541) without Huffman's code: written as literals that enter no table; read with a table, since a server may use
 * one. Strings that a server has coded are shown as such.
 */
final class HeaderBlock {
    private static final int STATIC_ENTRIES = 61;
    private static final int LITERAL = 0;
    private static final int MORE = 0x80;
    private static final Field UNKNOWN = new Field("?", "?");

    /** Of the table that both sides have, the entries that an answer is likely to use. */
    private static final Map<Integer, Field> STATIC = Map.of(
            8, new Field(":status", "200"),
            9, new Field(":status", "204"),
            12, new Field(":status", "400"),
            13, new Field(":status", "404"),
            14, new Field(":status", "500"),
            28, new Field("content-length", ""),
            31, new Field("content-type", ""),
            54, new Field("server", ""));

    private final List<Field> dynamic = new ArrayList<>();

    /** A name and its value. */
    record Field(String name, String value) {}

    /** Returns the block of these names and values, given in turn. */
    static byte[] encode(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(LITERAL);
            string(block, namesAndValues[i]);
            string(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        integer(to, 0, 7, bytes.length);
        to.writeBytes(bytes);
    }

    /** Writes a number behind the bits of {@code first}, of which {@code prefix} are left for it. */
    static void integer(ByteArrayOutputStream to, int first, int prefix, int value) {
        int most = (1 << prefix) - 1;
        if (value < most) {
            to.write(first | value);
            return;
        }
        to.write(first | most);
        int rest = value - most;
        while (rest >= MORE) {
            to.write((rest & 0x7F) | MORE);
            rest >>>= 7;
        }
        to.write(rest);
    }

    /** Reads a block that came on this connection, each in its turn. */
    List<Field> decode(ByteBuffer block) {
        ByteBuffer in = block.duplicate();
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            int first = in.get(in.position()) & 0xFF;
            if ((first & 0x80) != 0) {
                fields.add(entry(integer(in, 7)));
            } else if ((first & 0x40) != 0) {
                Field field = literal(in, 6);
                dynamic.add(0, field);
                fields.add(field);
            } else if ((first & 0x20) != 0) {
                integer(in, 5); // the size of the table
            } else {
                fields.add(literal(in, 4));
            }
        }
        return fields;
    }

    private Field literal(ByteBuffer in, int prefix) {
        int index = integer(in, prefix);
        String name = index == 0 ? string(in) : entry(index).name();
        return new Field(name, string(in));
    }

    private Field entry(int index) {
        if (index <= STATIC_ENTRIES) {
            return STATIC.getOrDefault(index, UNKNOWN);
        }
        int at = index - STATIC_ENTRIES - 1;
        return at < dynamic.size() ? dynamic.get(at) : UNKNOWN;
    }

    private static String string(ByteBuffer in) {
        boolean coded = (in.get(in.position()) & 0x80) != 0;
        byte[] bytes = new byte[integer(in, 7)];
        in.get(bytes);
        return coded ? "(coded)" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static int integer(ByteBuffer in, int prefix) {
        int most = (1 << prefix) - 1;
        int value = in.get() & most;
        if (value < most) {
            return value;
        }
        int shift = 0;
        int next;
        do {
            next = in.get() & 0xFF;
            value += (next & 0x7F) << shift;
            shift += 7;
        } while ((next & MORE) != 0);
        return value;
    }
}
