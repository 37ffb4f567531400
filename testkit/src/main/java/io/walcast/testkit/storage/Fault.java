// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.storage.DiskFullException;
import java.io.IOException;
import java.nio.file.Path;

/** A way for a call to fail. A write that fails has written the first half of its bytes, a sync a few of its pages. */
public enum Fault {
    EIO("Input/output error"),
    ENOSPC("No space left on device"),
    EDQUOT("Disk quota exceeded"),
    EROFS("Read-only file system"),
    EACCES("Permission denied"),
    /** The JVM breaks: out of memory, or worse. */
    THROWN_ERROR("thrown on request");

    private final String reason;

    Fault(String reason) {
        this.reason = reason;
    }

    /** Returns whether this means that there is no room. */
    public boolean isDiskFull() {
        return this == ENOSPC || this == EDQUOT;
    }

    /** Returns what the call throws. */
    IOException exception(Path path) {
        String message = path + ": " + reason;
        if (this == THROWN_ERROR) {
            throw new RequestedError(message);
        }
        IOException cause = new IOException(message);
        return isDiskFull() ? new DiskFullException(message, cause) : cause;
    }

    /** What {@link #THROWN_ERROR} throws. */
    public static final class RequestedError extends Error {
        private static final long serialVersionUID = 1L;

        RequestedError(String message) {
            super(message);
        }
    }
}
