// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ListenOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibpqSenderTransportTest {

    @Test
    void hasNoParametersOfItsOwn(@TempDir Path directory) {
        FakeService service = new FakeService(FakeWal.create(directory, 1));
        ListenOptions options = ListenOptions.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .withParameters(Map.of("window", "1"));

        assertThatThrownBy(() -> new LibpqSenderTransport().listen(options, service))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("listen address: \"window\" (expected: no parameters with PostgreSQL's own protocol)");
    }
}
