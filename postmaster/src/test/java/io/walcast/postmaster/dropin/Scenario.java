// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.dropin;

/**
 * A situation that both programs are put into.
 *
 * @param name what it is called
 * @param act what happens
 */
record Scenario(String name, Act act) {

    /** What happens to one of the two programs. */
    @FunctionalInterface
    interface Act {
        /** Lets it happen; what the program does meanwhile goes into the transcript of {@code side}. */
        void to(Side side) throws Exception;
    }

    @Override
    public String toString() {
        return name;
    }
}
