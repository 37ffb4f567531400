// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The text of a record whose fields are at fixed places: what stands in braces is a field, by type and offset, the rest as it
 * is.
 *
 * <pre>
 * {u1@0} {u2@0} {u4@0}   unsigned, decimal       {x1@0}     a byte in hexadecimal
 * {d1@0} {d4@0} {d8@0}   signed, decimal         {g@0}      a double, as %g
 * {tf@0} {tf&2@0}        T or F, of a bit        {bool@0}   true or false       {on@0}   on or off
 * {lsn@0}                a position              {fxid@0}   epoch and transaction
 * {rel@0}                a relation's numbers    {path@0}   its path
 * {time@0}               a time                  {s@0}      a text to the end
 * {level@0}              a wal_level             {?3: etc}  " etc", if the byte is not zero
 * </pre>
 */
final class Template implements Details {
    private static final int DOUBLE_DIGITS = 6;
    private static final int LOWEST_PLAIN_EXPONENT = -4;
    private static final String[] WAL_LEVELS = {"minimal", "replica", "logical"};

    private final List<Details> pieces = new ArrayList<>();

    Template(String text) {
        int from = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open);
            literal(text.substring(from, open));
            pieces.add(field(text.substring(open + 1, close)));
            from = close + 1;
        }
        literal(text.substring(from));
    }

    @Override
    public void append(RecordFields record, StringBuilder out) {
        for (Details piece : pieces) {
            piece.append(record, out);
        }
    }

    private void literal(String text) {
        if (!text.isEmpty()) {
            pieces.add((record, out) -> out.append(text));
        }
    }

    private static Details field(String spec) {
        if (spec.startsWith("?")) {
            int colon = spec.indexOf(':');
            int flag = Integer.parseInt(spec.substring(1, colon));
            String text = spec.substring(colon + 1);
            return (record, out) -> out.append(record.isSet(flag) ? text : "");
        }
        int sign = spec.indexOf('@');
        int at = Integer.parseInt(spec.substring(sign + 1));
        String type = spec.substring(0, sign);
        if (type.startsWith("tf&")) {
            int mask = Integer.parseInt(type.substring(3));
            return (record, out) -> out.append((record.uint8(at) & mask) != 0 ? 'T' : 'F');
        }
        return field(type, at);
    }

    private static Details field(String type, int at) {
        return switch (type) {
            case "u1" -> (record, out) -> out.append(record.uint8(at));
            case "u2" -> (record, out) -> out.append(record.uint16(at));
            case "u4" -> (record, out) -> out.append(record.uint32(at));
            case "d1" -> (record, out) -> out.append((byte) record.uint8(at));
            case "d4" -> (record, out) -> out.append(record.int32(at));
            case "d8" -> (record, out) -> out.append(record.int64(at));
            case "x1" -> (record, out) -> out.append("%02X".formatted(record.uint8(at)));
            case "g" -> (record, out) -> out.append(general(record.float8(at)));
            case "tf" -> (record, out) -> out.append(record.isSet(at) ? 'T' : 'F');
            case "bool" -> (record, out) -> out.append(record.isSet(at));
            case "on" -> (record, out) -> out.append(record.isSet(at) ? "on" : "off");
            case "lsn" -> (record, out) -> out.append(record.lsn(at));
            case "fxid" -> (record, out) -> out.append(record.fullTransaction(at));
            case "rel" -> (record, out) -> out.append(record.relation(at));
            case "path" -> (record, out) -> out.append(record.path(at, 0));
            case "time" -> (record, out) -> out.append(record.time(at));
            case "s" -> (record, out) -> out.append(record.text(at));
            case "level" -> (record, out) -> out.append(walLevel(record.int32(at)));
            default -> throw new IllegalArgumentException("type: '" + type + "'");
        };
    }

    private static String walLevel(int level) {
        return level >= 0 && level < WAL_LEVELS.length ? WAL_LEVELS[level] : "?";
    }

    /** Returns {@code value} as C's {@code %g} writes it. */
    static String general(double value) {
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return value == 0
                    ? "0"
                    : Double.toString(value).toLowerCase(Locale.ROOT).replace("infinity", "inf");
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(DOUBLE_DIGITS));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= LOWEST_PLAIN_EXPONENT && exponent < DOUBLE_DIGITS) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        String digits = rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return "%se%s%02d".formatted(digits, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
