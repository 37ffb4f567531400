// SPDX-License-Identifier: Apache-2.0

/**
 * Bytes that a peer or a disk must not be able to hurt us with, and the answer to each: a suite over a file of cases.
 *
 * <p>{@code ./mvnw verify -Dgroups=bad-inputs} runs the cases of this module, {@code -Dwalcast.badInputs=FILE} those of
 * another file of the same form.
 */
@NullMarked
package io.walcast.postmaster.badinputs;

import org.jspecify.annotations.NullMarked;
