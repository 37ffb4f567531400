// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.Tool.Running;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code walcast.conf} says about addresses and parameters of transports, at the start and by a reload. */
@Timeout(60)
class TransportSettingsIT {
    private static final String ADDRESSES =
            "listen_addresses = 'grpc://127.0.0.1:0?window=1MB, postgresql://127.0.0.1:0'\n";

    @TempDir
    private Path home;

    @Test
    void takesAddressesOfAllTransportsAndSettingsForOne() {
        ServingProgram.initialize(home, false);
        Path settings = home.resolve("walcast.conf");
        ServingProgram.write(settings, ADDRESSES + "grpc.window = 256kB\n");
        try (Running program = WalcastProgram.walcast().start("serve", "-D", home.toString())) {
            WalcastProgram.awaitMessage(program, "ready to accept replication connections");
            assertThat(program.stderr()).contains(" (grpc)", " (postgresql)");

            ServingProgram.write(settings, ADDRESSES + "grpc.typo = 1\n");
            program.signal("HUP");
            WalcastProgram.awaitMessage(
                    program, "nothing was changed: unrecognized configuration parameter \"grpc.typo\"");

            ServingProgram.write(settings, ADDRESSES + "grpc.window = 512kB\ngrpc.compression = none\n");
            program.signal("HUP");
            WalcastProgram.awaitMessage(program, "parameter \"grpc.window\" changed to \"512kB\"");
            WalcastProgram.awaitMessage(program, "parameter \"grpc.compression\" changed to \"none\"");

            ServingProgram.write(settings, ADDRESSES);
            program.signal("HUP");
            WalcastProgram.awaitMessage(
                    program, "parameter \"grpc.window\" removed from configuration file, reset to default");
            assertThat(program.stderr()).doesNotContain("parameter \"listen_addresses\"");
            program.terminate();
            assertThat(program.await(PATIENCE).exitCode()).isZero();
        }
    }
}
