// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/**
 * A subcommand of {@code walcast} that reads its own arguments. Those on the class path are found by
 * {@link java.util.ServiceLoader}; each needs a public constructor without parameters that does nothing.
 */
public interface WalcastSubcommand {

    /** Returns the word that selects it. */
    String name();

    /** Returns one line for the list of subcommands. */
    String summary();

    /** Returns its options, each as it is written ({@code -D, --directory=DIR}), with what it means. */
    default Map<String, String> options() {
        return Map.of();
    }

    /** Returns its exit codes with what they mean. */
    default Map<Integer, String> exitCodes() {
        return Map.of();
    }

    /**
     * Runs it on the calling thread and returns the exit code.
     *
     * @param arguments what stands behind {@link #name} on the command line
     * @param out standard output
     * @param err standard error
     */
    int run(List<String> arguments, PrintWriter out, PrintWriter err);
}
