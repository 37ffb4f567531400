// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import org.jspecify.annotations.Nullable;

/** A server of WAL that is measured while clients pull from it. Used by one thread, its memory by a sampling one too. */
interface WalServer extends AutoCloseable {

    /** Returns what it is called in reports. */
    String label();

    /** Returns what its program says of its version. */
    String version();

    /** Returns its port on 127.0.0.1. */
    int port();

    /** Returns the seconds of CPU that serving has taken since the start. Only differences tell anything. */
    double cpuS();

    /** Returns the seconds of CPU that its start has taken; null if it is not known, or it has served since. */
    @Nullable
    Double startCpuS();

    /** Returns the most memory that serving had resident, in kilobytes. */
    long residentKb();

    /** Returns the memory, in kilobytes, that is there because there are sessions, and only for them. */
    long sessionsKb();

    /** Takes note that it has served: what it has loaded, compiled and pooled by now is its own, not the sessions'. */
    void warmedUp();

    /** Returns when all sessions are gone and {@link #cpuS} tells all that they have taken. */
    void awaitIdle();

    @Override
    void close();
}
