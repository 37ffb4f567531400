// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One server for each major version, started when a test asks for it, for all tests of a class; stopped after them. */
final class Servers implements AfterAllCallback {
    private final Map<Integer, PostgresServer> started = new TreeMap<>();
    private final IntFunction<Options> options;

    Servers(IntFunction<Options> options) {
        this.options = options;
    }

    PostgresServer of(int major) {
        return started.computeIfAbsent(major, absent -> PostgresServer.start(options.apply(absent)));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        started.values().forEach(PostgresServer::close);
        started.clear();
    }
}
