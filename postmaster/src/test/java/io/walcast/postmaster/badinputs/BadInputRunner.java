// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

/** Gives the cases of one kind to the parser that has to deal with them, surrounded by what the case takes for granted. */
interface BadInputRunner {

    /** Returns whether this can judge {@code input}; at most one runner says so. */
    boolean applies(BadInput input);

    /**
     * Returns what happened.
     *
     * @throws Exception if the parser did what no case allows, or the surroundings failed
     */
    Answer answer(BadInput input) throws Exception;
}
