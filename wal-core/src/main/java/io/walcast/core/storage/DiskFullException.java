// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;

/**
 * There is no room left: {@code ENOSPC}, or the quota is used up: {@code EDQUOT}. From a write or the making of a file it
 * means "try again later"; from a sync it means what every failed sync means.
 */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes one that says what was refused. */
    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
