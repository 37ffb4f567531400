// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

/** Told how far verifying has come; by several threads at once. */
@FunctionalInterface
public interface VerifyProgress {
    /** Tells nobody. */
    VerifyProgress NONE = (bytes, totalBytes) -> {};

    /** Another {@code bytes} of {@code totalBytes} have been looked at. */
    void read(long bytes, long totalBytes);
}
