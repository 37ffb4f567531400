// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.postmaster.ServingProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A relay that receives from a PostgreSQL, and serves by libpq and by gRPC; behind it a second one that receives by gRPC and serves
 * by libpq. Both are processes, and can be killed and started again on the ports they had.
 */
final class TwoRelays implements AutoCloseable {
    /** What the first relay knows the second as. */
    static final String FAR = "far";

    private static final Pattern FLUSHED = Pattern.compile("\"flushed_lsn\":\"([^\"]+)\"");

    private static final Pattern STREAMING =
            Pattern.compile("\"application_name\":\"" + FAR + "\"[^}]*\"state\":\"streaming\"");

    private final Path nearHome;
    private final Path farHome;
    private final GrpcHop hop;
    private final int upstream;
    private final List<String> parameters;
    private final List<String> farOptions;
    private int nearPort;
    private int hopPort;
    private int farPort;
    private @Nullable ServingProgram near;
    private @Nullable ServingProgram far;

    /**
     * Starts both in directories below {@code root}, and waits until they stream: a base backup that is taken then fits them.
     *
     * @param upstream the port of whom the first one receives from
     * @param slot of the second one on the first one, null for none
     * @param parameters more of the address that the second one is given
     */
    TwoRelays(Path root, GrpcHop hop, int upstream, @Nullable String slot, String... parameters) {
        this.hop = hop;
        this.upstream = upstream;
        this.parameters = new ArrayList<>(List.of(parameters));
        this.parameters.add("application_name=" + FAR);
        nearHome = root.resolve("near");
        farHome = root.resolve("far");
        farOptions = slot == null ? List.of() : List.of("-S", slot);
        Relayed.initialize(nearHome);
        hop.admit(nearHome);
        Relayed.initialize(farHome);
        startNear();
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(nearStatus()).as(near().running().stderr()).containsPattern(FLUSHED));
        if (slot != null) {
            hop.createSlot(hopPort, slot);
        }
        startFar();
        awaitStreaming();
    }

    /** Starts the first one, on the ports that it had before. */
    void startNear() {
        String address = GrpcHop.listen(hopPort);
        near = ServingProgram.relay(
                nearHome,
                nearPort,
                Receiving.conninfo(upstream) + " application_name=" + Relayed.RELAY,
                "--serve",
                address);
        nearPort = near.port();
        hopPort = near.port(GrpcHop.SCHEME);
    }

    /** Starts the second one, on the port that it had before. */
    void startFar() {
        String conninfo = hop.conninfo(hopPort, parameters.toArray(String[]::new));
        far = ServingProgram.relay(farHome, farPort, conninfo, farOptions.toArray(String[]::new));
        farPort = far.port();
    }

    /** Returns the first one. */
    ServingProgram near() {
        return requireNonNull(near);
    }

    /** Returns the second one. */
    ServingProgram far() {
        return requireNonNull(far);
    }

    /** Returns where the first one listens for gRPC. */
    int hopPort() {
        return hopPort;
    }

    /** Returns where the WAL of the first one is. */
    Path nearWal() {
        return nearHome.resolve("pg_wal");
    }

    /** Returns where the WAL of the second one is. */
    Path farWal() {
        return farHome.resolve("pg_wal");
    }

    /** Returns what the first one says of itself. */
    String nearStatus() {
        return Relayed.status(nearHome);
    }

    /** Returns what the second one says of itself. */
    String farStatus() {
        return Relayed.status(farHome);
    }

    /** Returns up to where the second one said last that it has WAL on disk. */
    Lsn farFlushed() {
        Matcher matcher = FLUSHED.matcher(farStatus());
        return matcher.find() ? Lsn.parse(matcher.group(1)) : Lsn.INVALID;
    }

    private void awaitStreaming() {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(nearStatus()).as(far().running().stderr()).containsPattern(STREAMING));
    }

    @Override
    public void close() {
        if (far != null) {
            far.close();
        }
        if (near != null) {
            near.close();
        }
    }
}
