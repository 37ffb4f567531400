// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BackendMessagesTest {
    private static final String COLUMN = "a\0" + "\0".repeat(18);

    @Test
    void readsErrorFields() {
        ErrorFields fields = BackendMessages.errorFields(
                text("SFATAL\0VFATAL\0C57P01\0Mterminating connection\0Ddetail\0Hhint\0Fpostgres.c\0\0"));

        assertThat(fields)
                .isEqualTo(
                        new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "terminating connection", "detail", "hint"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SERROR\0Mx\0\0", "SERROR\0C\0Mx\0\0", "SERROR\0C1234\0Mx\0\0", "SERROR\0Cabcde\0Mx\0\0"})
    void takesAnErrorWithoutACodeForAnInternalOne(String body) {
        assertThat(BackendMessages.errorFields(text(body)))
                .isEqualTo(new ErrorFields("ERROR", SqlState.INTERNAL_ERROR, "x", null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "S", "SERROR", "SERROR\0"})
    void refusesErrorFieldsThatAreCut(String body) {
        assertThatThrownBy(() -> BackendMessages.errorFields(text(body)))
                .isInstanceOf(ProtocolViolationException.class);
    }

    @Test
    void readsColumnNames() {
        assertThat(BackendMessages.rowDescription(text("\0\2" + COLUMN + COLUMN)))
                .containsExactly("a", "a");
    }

    @Test
    void readsValuesAndNulls() {
        assertThat(BackendMessages.dataRow(text("\0\3\0\0\0\1x\u00ff\u00ff\u00ff\u00ff\0\0\0\0")))
                .containsExactly(new byte[] {'x'}, null, new byte[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "0001fffffffe, negative field length",
        "000180000000, negative field length",
        "ffff, insufficient data left in message",
        "00017fffffff, insufficient data left in message",
        "0000ff, invalid message format",
        "00, insufficient data left in message",
    })
    void refusesRowsThatCannotBe(String hex, String message) {
        assertThatThrownBy(() ->
                        BackendMessages.dataRow(ByteBuffer.wrap(HexFormat.of().parseHex(hex))))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessage(message);
    }

    @Test
    void refusesEveryTruncation() {
        refusesTruncations("\0\1" + COLUMN, BackendMessages::rowDescription);
        refusesTruncations("\0\1\0\0\0\2xy", BackendMessages::dataRow);
        refusesTruncations("SHOW\0", BackendMessages::commandComplete);
        refusesTruncations("name\0value\0", BackendMessages::parameterStatus);
        refusesTruncations("\0\0\0\1\0\0\0\2", BackendMessages::backendPid);
    }

    private static void refusesTruncations(String body, Function<ByteBuffer, ?> reader) {
        assertThat(reader.apply(text(body))).isNotNull();
        for (int length = 0; length < body.length(); length++) {
            String cut = body.substring(0, length);
            assertThatThrownBy(() -> reader.apply(text(cut)))
                    .as("%d bytes", length)
                    .isInstanceOf(ProtocolViolationException.class);
        }
    }

    private static ByteBuffer text(String body) {
        return ByteBuffer.wrap(body.getBytes(ISO_8859_1));
    }
}
