// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

final class BackendMessagesFuzzTest {

    @FuzzTest
    void readsRowsAsTheyAreWritten(byte[] bytes) {
        Optional<List<byte[]>> row = read(bytes, BackendMessages::dataRow);

        if (row.isPresent()) {
            assertThat(written(row.get())).isEqualTo(bytes);
        }
    }

    private static byte[] written(List<byte[]> values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                ByteBuffer.allocate(Short.BYTES).putShort((short) values.size()).array());
        for (byte[] value : values) {
            int size = value == null ? -1 : value.length;
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(size).array());
            out.writeBytes(value == null ? new byte[0] : value);
        }
        return out.toByteArray();
    }

    @FuzzTest
    void readsErrorsWhateverFieldsTheyHave(byte[] bytes) {
        Optional<ErrorFields> fields = read(bytes, BackendMessages::errorFields);

        if (fields.isPresent()) {
            ErrorFields error = fields.get();
            byte[] again = ("V" + error.severity() + "\0C" + error.sqlState().code() + "\0M" + error.message() + "\0"
                            + (error.detail() == null ? "" : "D" + error.detail() + "\0")
                            + (error.hint() == null ? "" : "H" + error.hint() + "\0") + "\0")
                    .getBytes(UTF_8);
            assertThat(BackendMessages.errorFields(ByteBuffer.wrap(again))).isEqualTo(error);
        }
    }

    /** The rest: one byte chooses which. */
    @FuzzTest
    void readsTheSmallMessages(byte[] bytes) {
        Input input = new Input(bytes);
        int which = input.uint8() % 5;
        byte[] body = input.rest();
        read(body, buffer -> switch (which) {
            case 0 -> BackendMessages.rowDescription(buffer);
            case 1 -> BackendMessages.commandComplete(buffer);
            case 2 -> BackendMessages.parameterStatus(buffer);
            case 3 -> BackendMessages.backendPid(buffer);
            default -> BackendMessages.cString(buffer);
        });
    }

    private static <T> Optional<T> read(byte[] body, Function<ByteBuffer, T> message) {
        return ParserContract.parse(
                body.length, ProtocolViolationException.class, () -> message.apply(ByteBuffer.wrap(body)));
    }
}
