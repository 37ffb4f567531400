// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.walcast.core.error.ErrorFields;
import io.walcast.transport.Reply;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the server says, apart from what it streams (PostgreSQL manual, "Message Formats"). Stateless. */
final class BackendMessages {
    private static final int NULL_VALUE = -1;
    private static final char IDLE = 'I';
    private static final int AUTHENTICATION_SASL = 10;

    private BackendMessages() {}

    static ByteBuf authenticationOk() {
        return new MessageWriter().begin('R').int32(0).end().toBuffer();
    }

    static ByteBuf authenticationSasl(List<String> mechanisms) {
        MessageWriter writer = new MessageWriter().begin('R').int32(AUTHENTICATION_SASL);
        mechanisms.forEach(writer::string);
        return writer.int8(0).end().toBuffer();
    }

    /** Returns AuthenticationSASLContinue (11) or AuthenticationSASLFinal (12). */
    static ByteBuf authenticationSasl(int step, byte[] data) {
        return new MessageWriter().begin('R').int32(step).bytes(data).end().toBuffer();
    }

    static ByteBuf negotiateProtocolVersion(int newest, List<String> unknownOptions) {
        MessageWriter writer = new MessageWriter().begin('v').int32(newest).int32(unknownOptions.size());
        unknownOptions.forEach(writer::string);
        return writer.end().toBuffer();
    }

    /** Returns all that follows a login: the parameters, the key to cancel with, ReadyForQuery. */
    static ByteBuf sessionStart(Map<String, String> parameters, int pid, byte[] cancelKey) {
        MessageWriter writer = new MessageWriter();
        parameters.forEach(
                (name, value) -> writer.begin('S').string(name).string(value).end());
        writer.begin('K').int32(pid).bytes(cancelKey).end();
        return writer.begin('Z').int8(IDLE).end().toBuffer();
    }

    static ByteBuf parameterStatus(String name, String value) {
        return new MessageWriter().begin('S').string(name).string(value).end().toBuffer();
    }

    static ByteBuf error(ErrorFields fields) {
        return fields(new MessageWriter().begin('E'), fields).toBuffer();
    }

    /** Returns an error after which the session goes on. */
    static ByteBuf errorAndReady(ErrorFields fields) {
        return fields(new MessageWriter().begin('E'), fields)
                .begin('Z')
                .int8(IDLE)
                .end()
                .toBuffer();
    }

    static ByteBuf notice(ErrorFields fields) {
        return fields(new MessageWriter().begin('N'), fields).toBuffer();
    }

    private static MessageWriter fields(MessageWriter writer, ErrorFields fields) {
        writer.int8('S').string(fields.severity()).int8('V').string(fields.severity());
        writer.int8('C').string(fields.sqlState().code()).int8('M').string(fields.message());
        field(writer, 'D', fields.detail());
        field(writer, 'H', fields.hint());
        return writer.int8(0).end();
    }

    private static void field(MessageWriter writer, char code, @Nullable String value) {
        if (value != null) {
            writer.int8(code).string(value);
        }
    }

    static ByteBuf rowDescription(List<Reply.Column> columns) {
        MessageWriter writer = new MessageWriter().begin('T').int16(columns.size());
        for (Reply.Column column : columns) {
            // No table, no attribute number; text format.
            writer.string(column.name()).int32(0).int16(0);
            writer.int32(column.typeOid()).int16(column.typeLength());
            writer.int32(column.typeModifier()).int16(0);
        }
        return writer.end().toBuffer();
    }

    static ByteBuf dataRow(List<byte @Nullable []> values) {
        MessageWriter writer = new MessageWriter().begin('D').int16(values.size());
        for (byte[] value : values) {
            if (value == null) {
                writer.int32(NULL_VALUE);
            } else {
                writer.int32(value.length).bytes(value);
            }
        }
        return writer.end().toBuffer();
    }

    static ByteBuf commandComplete(String tag) {
        return new MessageWriter().begin('C').string(tag).end().toBuffer();
    }

    static ByteBuf copyBothResponse() {
        return new MessageWriter().begin('W').int8(0).int16(0).end().toBuffer();
    }

    static ByteBuf copyDone() {
        return new MessageWriter().begin('c').end().toBuffer();
    }

    static ByteBuf readyForQuery() {
        return new MessageWriter().begin('Z').int8(IDLE).end().toBuffer();
    }
}
