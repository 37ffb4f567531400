// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConfigurationException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.transport.ConnectOptions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

final class GrpcConninfoFuzzTest {
    private static final String SECRET = "Gr8_s3cr3t";

    /** What is shown can be read again, and means the same but for the secrets, which are masked. */
    @FuzzTest
    void readsWhatItShows(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<GrpcConninfo> read =
                ParserContract.parse(bytes.length, ConfigurationException.class, () -> GrpcConninfo.parse(text));

        if (read.isPresent()) {
            GrpcConninfo conninfo = read.get();
            GrpcConninfo again = GrpcConninfo.parse(conninfo.display());
            assertThat(again.tls()).isEqualTo(conninfo.tls());
            assertThat(again.hosts()).isEqualTo(conninfo.hosts());
            assertThat(shown(again)).isEqualTo(shown(conninfo));
            assertThat(again.display()).isEqualTo(conninfo.display());
            assertThat(GrpcConninfo.claims(text)).isTrue();
        }
    }

    /** An empty name counts as none where it stands in front of a sign. */
    private static Map<GrpcParameter, String> shown(GrpcConninfo conninfo) {
        Map<GrpcParameter, String> shown = new EnumMap<>(GrpcParameter.class);
        shown.putAll(conninfo.values());
        shown.keySet().removeIf(GrpcParameter::isSecret);
        shown.remove(GrpcParameter.USER, "");
        shown.remove(GrpcParameter.DBNAME, "");
        return shown;
    }

    @FuzzTest
    void makesSettingsOrSaysWhyNot(byte[] bytes) {
        Input input = new Input(bytes);
        ConnectOptions.Mode mode = input.oneOf(ConnectOptions.Mode.values());
        ConnectOptions.Policy policy = input.oneOf(ConnectOptions.Policy.values());
        String text = input.restAsText();

        ParserContract.parse(bytes.length, ConfigurationException.class, () -> {
            ParameterValues values = new ParameterValues(GrpcConninfo.parse(text), Map.of("HOME", "/home/someone"));
            ConnectSettings settings = ConnectSettings.of(values, mode, "fuzz", policy);
            assertThat(settings.hosts()).isNotEmpty().allMatch(host -> host.port() >= 1 && host.port() <= 65535);
            assertThat(settings.connectTimeout()).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(settings.window().bytes()).isNotNegative();
            assertThat(settings.keepalive().timeout()).isPositive();
            return settings;
        });
    }

    @FuzzTest
    void tellsNoPasswordInAnError(byte[] bytes) {
        Input input = new Input(bytes);
        String before =
                input.oneOf("grpc://u:" + SECRET + "@", "grpc://h/?password=" + SECRET + "&", "grpcs://:" + SECRET);
        String text = input.restAsText();
        try {
            GrpcConninfo conninfo = GrpcConninfo.parse(before + text);
            if (!text.contains("@") && before.endsWith(SECRET)) {
                return; // then it was no secret, but a port
            }
            assertThat(conninfo.display().replace(text, "")).doesNotContain(SECRET);
        } catch (ConfigurationException e) {
            boolean isSecret = text.contains("@") || !before.endsWith(SECRET);
            if (isSecret && !text.contains(SECRET)) {
                assertThat(e.getMessage()).doesNotContain(SECRET);
            }
        }
    }
}
