// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One {@link RealServer} at a time for all tests of a class that want its major version; none may leak a buffer. */
final class RealServers implements AfterAllCallback {
    private final Supplier<Path> directory;
    private @Nullable RealServer running;

    /** Makes none yet; {@code directory} is where certificates may be put when one is started. */
    RealServers(Supplier<Path> directory) {
        this.directory = directory;
    }

    RealServer of(int major) {
        RealServer current = running;
        if (current != null && current.server.major() == major) {
            return current;
        }
        stop();
        try {
            current = RealServer.start(major, Files.createTempDirectory(directory.get(), "pki"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        running = current;
        return current;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        stop();
    }

    private void stop() {
        RealServer current = running;
        if (current != null) {
            running = null;
            current.close();
            LeakRecorder.assertNothingLeaked();
        }
    }
}
